//! Behaviour of the codes that we keep.
