-- Times are milliseconds since 1970, amounts are minor units. A state is the word of the API's contract. Texts are
-- compared byte by byte ("C"), as the program compares them, whatever the database's own rule is.

-- What was meant to be done and what came of it: idempotency records and audit trail in one.
CREATE TABLE intents (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account         TEXT COLLATE "C" NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    action          TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C",
    fingerprint     TEXT COLLATE "C" NOT NULL,
    machine         TEXT COLLATE "C",
    trade_number    TEXT COLLATE "C",
    line_position   BIGINT,
    cabinet         TEXT COLLATE "C",
    shelf           TEXT COLLATE "C",
    code            TEXT COLLATE "C",
    -- The SHA-256 of the token in the callback address: the token itself is a secret.
    callback        TEXT COLLATE "C",
    -- What no other command may do meanwhile; NULL once it is given back.
    claim           TEXT COLLATE "C",
    begun_at        BIGINT NOT NULL,
    -- Which process carries it out.
    begun_by        TEXT COLLATE "C" NOT NULL,
    -- NULL: under way, or the program stopped while it was.
    ended_at        BIGINT,
    outcome         TEXT COLLATE "C",
    vendor_code     TEXT COLLATE "C",
    vendor_message  TEXT COLLATE "C",
    error           TEXT COLLATE "C",
    -- The vendor's number of the order that used the pickup code, where it was refused for that.
    used_by         TEXT COLLATE "C",
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX intents_key ON intents (account, subject, action, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX intents_claim ON intents (account, claim) WHERE claim IS NOT NULL;
CREATE UNIQUE INDEX intents_callback ON intents (callback) WHERE callback IS NOT NULL;
CREATE INDEX intents_claimed_orders ON intents (account, trade_number) WHERE claim IS NOT NULL;
CREATE INDEX intents_unsettled ON intents (account, id) WHERE outcome IS NULL OR (outcome = 'UNKNOWN' AND claim IS NOT NULL);
CREATE INDEX intents_account ON intents (account, id);
CREATE INDEX intents_keys_by_age ON intents (begun_at) WHERE idempotency_key IS NOT NULL;

CREATE TABLE orders (
    account            TEXT COLLATE "C" NOT NULL,
    trade_number       TEXT COLLATE "C" NOT NULL,
    machine            TEXT COLLATE "C" NOT NULL,
    number             TEXT COLLATE "C",
    state              TEXT COLLATE "C" NOT NULL,
    amount_minor       BIGINT,
    amount_currency    TEXT COLLATE "C",
    pickup_code_number TEXT COLLATE "C",
    created_at         BIGINT NOT NULL,
    pay_before         BIGINT,
    closing            BOOLEAN NOT NULL,
    version            BIGINT NOT NULL,
    PRIMARY KEY (account, trade_number)
);
-- Not unique: a vendor that names one order twice must not keep us from writing down what came of a command.
CREATE INDEX orders_number ON orders (account, number) WHERE number IS NOT NULL;
CREATE INDEX orders_newest ON orders (created_at, account, trade_number);
CREATE INDEX orders_machine ON orders (account, machine, created_at);
CREATE INDEX orders_due ON orders (pay_before) WHERE state IN ('UNKNOWN', 'UNPAID', 'PAYING');

CREATE TABLE order_lines (
    account         TEXT COLLATE "C" NOT NULL,
    trade_number    TEXT COLLATE "C" NOT NULL,
    position        BIGINT NOT NULL,
    cabinet         TEXT COLLATE "C" NOT NULL,
    shelf           TEXT COLLATE "C" NOT NULL,
    slot            TEXT COLLATE "C" NOT NULL,
    product_name    TEXT COLLATE "C",
    quantity        BIGINT NOT NULL,
    price_minor     BIGINT,
    price_currency  TEXT COLLATE "C",
    record          TEXT COLLATE "C",
    -- How often the vendor was asked for a piece; what follows is the latest attempt's.
    attempts        BIGINT NOT NULL,
    delivery_state  TEXT COLLATE "C" NOT NULL,
    delivery_at     BIGINT,
    failure_reason  TEXT COLLATE "C",
    delivery_number TEXT COLLATE "C",
    -- The state before the attempt, while it is not known whether the vendor began it.
    earlier_state   TEXT COLLATE "C",
    delivery_read   BOOLEAN NOT NULL,
    PRIMARY KEY (account, trade_number, position),
    FOREIGN KEY (account, trade_number) REFERENCES orders (account, trade_number)
);

-- The codes that we keep: our own, and those that a vendor made for us and cannot list.
CREATE TABLE pickup_codes (
    account        TEXT COLLATE "C" NOT NULL,
    number         TEXT COLLATE "C" NOT NULL,
    issuer         TEXT COLLATE "C" NOT NULL,
    digits         TEXT COLLATE "C" NOT NULL,
    machine        TEXT COLLATE "C",
    cabinet        TEXT COLLATE "C",
    shelf          TEXT COLLATE "C",
    product_number TEXT COLLATE "C",
    quantity       BIGINT NOT NULL,
    fee_minor      BIGINT,
    fee_currency   TEXT COLLATE "C",
    state          TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL,
    starts_at      BIGINT,
    expires_at     BIGINT,
    used_at        BIGINT,
    used_by        TEXT COLLATE "C",
    held_by        TEXT COLLATE "C",
    held_until     BIGINT,
    version        BIGINT NOT NULL,
    intent         BIGINT REFERENCES intents (id),
    PRIMARY KEY (account, number),
    CHECK ((held_by IS NULL) = (held_until IS NULL))
);
-- Of our own codes alone: when a vendor's are used up we are not told, and the vendor may give digits again.
CREATE UNIQUE INDEX pickup_codes_live ON pickup_codes (account, digits)
    WHERE issuer = 'GATEWAY' AND state IN ('UNUSED', 'HELD');
CREATE INDEX pickup_codes_digits ON pickup_codes (account, digits);
CREATE INDEX pickup_codes_newest ON pickup_codes (created_at, account, number);
CREATE INDEX pickup_codes_intent ON pickup_codes (intent) WHERE intent IS NOT NULL;
CREATE INDEX pickup_codes_ending ON pickup_codes (expires_at) WHERE state IN ('UNUSED', 'HELD');
CREATE INDEX pickup_codes_held ON pickup_codes (held_until) WHERE state = 'HELD';

-- Who has the store open, and when each was there last, by this database's clock.
CREATE TABLE processes (
    process TEXT COLLATE "C" PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
