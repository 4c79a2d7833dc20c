pub(crate) fn print(_: &tokio::runtime::Runtime, _: &std::path::Path, _: usize) {}
