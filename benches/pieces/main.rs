//! What the smallest pieces cost that requests and vendors' messages are made of: `make bench-pieces`. Whole processes are
//! measured by `bench/`.

#![expect(clippy::expect_used, reason = "what is measured is known to work")]

mod documents;
mod messages;
mod signatures;
mod values;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}
