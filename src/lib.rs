//! vendgraph: one GraphQL API over every vending machine an operator runs, whichever vendor made it.
