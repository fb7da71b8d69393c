-- The cache, version 1. All times are UTC epoch seconds. A column named like a record's field holds just that.

CREATE TABLE workspace (
    wid  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL
);

-- ---- what the sources gave

CREATE TABLE conversation (
    cid        INTEGER PRIMARY KEY,
    wid        INTEGER NOT NULL REFERENCES workspace,
    id         TEXT    NOT NULL,
    channel    TEXT,
    came_team  TEXT,
    subject    TEXT,
    own_tags   TEXT,           -- JSON array; events may add more
    person     TEXT,
    session    TEXT,
    url        TEXT,
    origin     TEXT,
    -- derived
    excerpt    TEXT,           -- how the customer began, for those without a subject
    viewer     TEXT NOT NULL,  -- 'p' person, 's' session that no record ties to a person, 'c' nobody named
    first_at   INTEGER,
    last_at    INTEGER,        -- last event: an as-of moment before it needs a replay
    team       TEXT,
    assignee   TEXT,
    excluded   TEXT,           -- deleted, spam, merged, teammate
    UNIQUE (wid, id)
);
CREATE INDEX conversation_first ON conversation (first_at);
CREATE INDEX conversation_last ON conversation (last_at);
CREATE INDEX conversation_viewer ON conversation (wid, viewer);
CREATE INDEX conversation_session ON conversation (wid, session) WHERE session IS NOT NULL;

CREATE TABLE event (
    cid  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    key  INTEGER NOT NULL,     -- hash of the whole event: two equal events are one
    body BLOB    NOT NULL,
    PRIMARY KEY (cid, at, key)
) WITHOUT ROWID;

CREATE TABLE outbound (
    wid           INTEGER NOT NULL,
    id            TEXT    NOT NULL,
    campaign      TEXT,
    campaign_name TEXT,
    channel       TEXT,
    person        TEXT,
    delivered_at  INTEGER,
    opened_at     INTEGER,
    clicked_at    INTEGER,
    replied_at    INTEGER,
    bounced_at    INTEGER,
    PRIMARY KEY (wid, id)
);
CREATE INDEX outbound_delivered ON outbound (delivered_at);
CREATE INDEX outbound_bounced ON outbound (bounced_at) WHERE bounced_at IS NOT NULL;

CREATE TABLE article (
    wid   INTEGER NOT NULL,
    id    TEXT    NOT NULL,
    title TEXT,
    url   TEXT,
    PRIMARY KEY (wid, id)
) WITHOUT ROWID;

CREATE TABLE article_view (
    vid     INTEGER PRIMARY KEY,
    wid     INTEGER NOT NULL,
    article TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    person  TEXT    NOT NULL DEFAULT '',
    session TEXT    NOT NULL DEFAULT '',
    viewer  TEXT    NOT NULL,
    UNIQUE (wid, article, at, person, session)
);
CREATE INDEX article_view_at ON article_view (at);
CREATE INDEX article_view_viewer ON article_view (wid, viewer, at);
CREATE INDEX article_view_session ON article_view (wid, session) WHERE session <> '';

-- A run of equal samples is one row: first seen at `at`, still so at `until`.
CREATE TABLE article_counter (
    wid           INTEGER NOT NULL,
    article       TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    until         INTEGER NOT NULL,
    views         INTEGER NOT NULL,
    conversations INTEGER NOT NULL,
    PRIMARY KEY (wid, article, at)
) WITHOUT ROWID;

CREATE TABLE agent (
    wid  INTEGER NOT NULL,
    id   TEXT    NOT NULL,
    name TEXT,
    team TEXT,
    away INTEGER NOT NULL,
    PRIMARY KEY (wid, id)
) WITHOUT ROWID;

CREATE TABLE team (
    wid  INTEGER NOT NULL,
    id   TEXT    NOT NULL,
    name TEXT,
    PRIMARY KEY (wid, id)
) WITHOUT ROWID;

CREATE TABLE session_person (
    wid     INTEGER NOT NULL,
    session TEXT    NOT NULL,
    person  TEXT    NOT NULL,
    PRIMARY KEY (wid, session)
) WITHOUT ROWID;

-- ---- facts, derived from the events of one conversation and replaced together

CREATE TABLE episode (
    eid                 INTEGER PRIMARY KEY,   -- cid * 4096 + ordinal
    cid                 INTEGER NOT NULL,
    wid                 INTEGER NOT NULL,
    channel             TEXT,
    team                TEXT,
    agent               TEXT,
    origin              TEXT,
    viewer              TEXT NOT NULL,
    outbound            INTEGER NOT NULL,
    begun_at            INTEGER NOT NULL,
    start               INTEGER,
    involved_at         INTEGER,
    bot_first           INTEGER NOT NULL,
    answered_at         INTEGER,
    last_answer_at      INTEGER,
    unanswered_since    INTEGER,
    handoff_at          INTEGER,
    reached_at          INTEGER,
    first_reply_at      INTEGER,
    response_start      INTEGER,
    replies             INTEGER NOT NULL,
    closed_at           INTEGER,
    closed_by           TEXT,
    bot_resolved_at     INTEGER,
    bot_confirmed       INTEGER NOT NULL,
    reopened            INTEGER NOT NULL,
    reassigned          INTEGER NOT NULL,
    switches            INTEGER NOT NULL,
    rating              REAL,
    rated_at            INTEGER,
    state               TEXT NOT NULL,         -- as long as closed_at has not come: open, snoozed, with_bot
    assignee            TEXT,
    wait_since          INTEGER
);
CREATE INDEX episode_cid ON episode (cid);
CREATE INDEX episode_begun ON episode (begun_at);
CREATE INDEX episode_start ON episode (start);
CREATE INDEX episode_reached ON episode (reached_at);
CREATE INDEX episode_first_reply ON episode (first_reply_at);
CREATE INDEX episode_closed ON episode (closed_at);
CREATE INDEX episode_rated ON episode (rated_at) WHERE rated_at IS NOT NULL;
CREATE INDEX episode_viewer ON episode (wid, viewer, start);

CREATE TABLE close (
    eid          INTEGER NOT NULL,
    cid          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    by           TEXT    NOT NULL,
    withdrawn_at INTEGER
);
CREATE INDEX close_at ON close (at);
CREATE INDEX close_cid ON close (cid);

CREATE TABLE resolution (
    eid         INTEGER NOT NULL,
    cid         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    confirmed   INTEGER NOT NULL,
    returned_at INTEGER
);
CREATE INDEX resolution_eid ON resolution (eid);
CREATE INDEX resolution_cid ON resolution (cid);

CREATE TABLE asked (           -- a rating was asked for
    eid INTEGER NOT NULL,
    cid INTEGER NOT NULL,
    at  INTEGER NOT NULL
);
CREATE INDEX asked_at ON asked (at);
CREATE INDEX asked_eid ON asked (eid);
CREATE INDEX asked_cid ON asked (cid);

CREATE TABLE wait (
    eid   INTEGER NOT NULL,
    cid   INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end   INTEGER NOT NULL,
    agent TEXT
);
CREATE INDEX wait_end ON wait (end);
CREATE INDEX wait_cid ON wait (cid);

CREATE TABLE waiting (
    eid   INTEGER NOT NULL,
    cid   INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end   INTEGER
);
CREATE INDEX waiting_end ON waiting (end);
CREATE INDEX waiting_cid ON waiting (cid);

CREATE TABLE tag (
    cid INTEGER NOT NULL,
    tag TEXT    NOT NULL,
    PRIMARY KEY (cid, tag)
) WITHOUT ROWID;

-- ---- the poller's own

CREATE TABLE stream (
    wid    INTEGER NOT NULL,
    stream TEXT    NOT NULL,
    state  TEXT,               -- the sync engine's bookmark and resume cursor
    status TEXT,               -- ok, pending, refused
    reason TEXT,
    PRIMARY KEY (wid, stream)
) WITHOUT ROWID;

CREATE TABLE freshness (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE lease (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
);

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
