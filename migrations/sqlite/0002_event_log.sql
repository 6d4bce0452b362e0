-- Everything that happened, in the order in which it was told. Times are milliseconds since 1970; kind and origin are
-- the words of the API's contract.
CREATE TABLE events (
    -- Grows, and is never given again: cursors name it.
    place       INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    machine     TEXT,
    origin      TEXT   NOT NULL,
    occurred_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    -- What it is news of, and how far that is, where it only moves forward.
    subject     TEXT,
    rank        BIGINT,
    -- What tells the message from every other one of its account; NULL once it is forgotten.
    nonce       TEXT,
    -- What happened, as JSON of our own.
    payload     TEXT   NOT NULL,
    -- The message to the letter.
    message     BLOB
);
-- Each index ends in the place, so that each of its runs is in the order of the log.
CREATE INDEX events_kind ON events (account, kind);
CREATE INDEX events_machine ON events (account, machine, kind) WHERE machine IS NOT NULL;
CREATE INDEX events_subject ON events (account, subject) WHERE subject IS NOT NULL;
-- Refills are listed by when they were done.
CREATE INDEX events_refills ON events (occurred_at DESC, account, machine) WHERE kind = 'REFILL';
CREATE UNIQUE INDEX events_nonce ON events (account, nonce) WHERE nonce IS NOT NULL;

-- The nonces of messages that told what was known: when they come again, it may not be what was told last any more.
CREATE TABLE repeated_nonces (
    account     TEXT   NOT NULL,
    nonce       TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (account, nonce)
) WITHOUT ROWID;
CREATE INDEX repeated_nonces_by_age ON repeated_nonces (received_at);

-- How far back the log reaches: one row.
CREATE TABLE event_log (
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    -- What stands after this place is kept.
    floor           BIGINT NOT NULL,
    -- Up to this place nonces are forgotten.
    forgotten_up_to BIGINT NOT NULL
);
INSERT INTO event_log (only_row, floor, forgotten_up_to) VALUES (1, 0, 0);

-- Up to when something was read at a vendor.
CREATE TABLE marks (
    account TEXT   NOT NULL,
    what    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, what)
);
