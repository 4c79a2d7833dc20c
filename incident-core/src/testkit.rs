//! What test authors use, behind the feature `testkit`: it adds API and changes no behaviour. It is for our own
//! tests and for those of anybody who brings a policy, a store or a messenger of their own.

pub mod conformance;
