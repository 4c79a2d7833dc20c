//! A pager that calls nobody and remembers whom it was asked to call.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;

use crate::ports::{Callout, DeliveryError, Pager};

#[derive(Debug, Default)]
struct Desk {
    calls: Vec<Callout>,
    failures: VecDeque<DeliveryError>,
}

/// A pager that remembers.
#[derive(Debug, Default)]
pub struct RecordingPager(Mutex<Desk>);

impl RecordingPager {
    /// Makes a pager that was asked nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next call fail that no other failure was scripted for.
    pub fn fail_next(&self, error: DeliveryError) {
        self.desk(|desk| desk.failures.push_back(error));
    }

    /// Returns the calls that succeeded, oldest first.
    pub fn calls(&self) -> Vec<Callout> {
        self.desk(|desk| desk.calls.clone())
    }

    fn desk<T>(&self, change: impl FnOnce(&mut Desk) -> T) -> T {
        change(&mut self.0.lock().expect("nothing panics while it holds the pager"))
    }
}

#[async_trait]
impl Pager for RecordingPager {
    async fn call(&self, callout: &Callout) -> Result<(), DeliveryError> {
        self.desk(|desk| match desk.failures.pop_front() {
            Some(error) => Err(error),
            None => {
                desk.calls.push(callout.clone());
                Ok(())
            }
        })
    }
}
