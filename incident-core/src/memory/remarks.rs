//! What people wrote in a chat a moment ago.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::MemoryStore;
use crate::ids::{ChatRef, CompanyId};
use crate::ports::{Author, Keep, Recall, Remark, StoreError};
use crate::time::Timestamp;

#[derive(Default)]
pub(super) struct Remarks(BTreeMap<(CompanyId, ChatRef), Vec<Remark>>);

impl Remarks {
    pub(super) fn keep(&mut self, company: CompanyId, remark: &Remark, keep: Keep) {
        let kept = self.0.entry((company, remark.message.chat.clone())).or_default();
        if kept.iter().all(|other| other.message != remark.message) {
            kept.push(remark.clone());
        }
        kept.retain(|remark| remark.at >= keep.since);
        kept.sort_by(|one, other| (one.at, &one.message.message).cmp(&(other.at, &other.message.message)));
        kept.drain(..kept.len().saturating_sub(keep.most as usize));
    }

    pub(super) fn of(
        &self,
        company: CompanyId,
        author: &Author,
        since: Timestamp,
        limit: u32,
    ) -> Vec<Remark> {
        let kept = self.0.get(&(company, author.chat.clone())).map_or(&[][..], Vec::as_slice);
        let own = kept.iter().filter(|remark| remark.account == author.account && remark.at >= since);
        let own: Vec<&Remark> = own.collect();
        own[own.len().saturating_sub(limit as usize)..].iter().map(|remark| (*remark).clone()).collect()
    }

    pub(super) fn forget(&mut self, before: Timestamp) -> u64 {
        let count = |kept: &BTreeMap<_, Vec<Remark>>| kept.values().map(Vec::len).sum::<usize>();
        let all = count(&self.0);
        self.0.values_mut().for_each(|kept| kept.retain(|remark| remark.at >= before));
        self.0.retain(|_, kept| !kept.is_empty());
        (all - count(&self.0)) as u64
    }
}

#[async_trait]
impl Recall for MemoryStore {
    async fn remark(&self, company: CompanyId, remark: &Remark, keep: Keep) -> Result<(), StoreError> {
        self.lock("keep a remark")?.remarks.keep(company, remark, keep);
        Ok(())
    }

    async fn remarks(
        &self,
        company: CompanyId,
        author: &Author,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Remark>, StoreError> {
        Ok(self.lock("look up remarks")?.remarks.of(company, author, since, limit))
    }

    async fn forget_remarks(&self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(self.lock("forget remarks")?.remarks.forget(before))
    }
}
