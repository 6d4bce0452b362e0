//! Behaviour of orders and their life.
