-- The cache, version 3. All times are UTC epoch seconds. A column named like a record's field holds just that.
-- What is read of conversations are the views `conversation`, `episode`, `close`, `wait`, `waiting` and `tag`; behind them lie
-- tables that hold the same in less room, which only the writer needs to know.

CREATE TABLE workspace (
    wid  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    abilities TEXT             -- JSON: what its metrics are worth; NULL tells everything
);

CREATE TABLE word (            -- what many rows say, once
    number INTEGER PRIMARY KEY,
    text   TEXT NOT NULL UNIQUE
);

CREATE TABLE site (            -- what the addresses of a helpdesk begin with
    number INTEGER PRIMARY KEY,
    text   TEXT NOT NULL UNIQUE
);

-- ---- what the sources gave

CREATE TABLE talk (
    cid        INTEGER PRIMARY KEY,
    wid        INTEGER NOT NULL REFERENCES workspace,
    id                 NOT NULL,  -- digits as a number, hexadecimal ones as their bytes: codec.packed
    channel    INTEGER REFERENCES word,
    came_team  INTEGER REFERENCES word,
    subject    TEXT,
    own_tags   TEXT,           -- JSON array of words; events may add more tags
    person,                    -- like id
    session    TEXT,
    site       INTEGER REFERENCES site,  -- the url is this with the id after it
    url        TEXT,           -- all of it where there is no site
    origin     INTEGER REFERENCES word,
    -- derived
    excerpt    TEXT,           -- how the customer began, for those without a subject
    viewer     INTEGER,        -- NULL where an episode says it
    first_at   INTEGER,
    last_at    INTEGER,        -- last event: an as-of moment before it needs a replay
    team       INTEGER REFERENCES word,  -- NULL where an episode says it
    excluded   TEXT,           -- deleted, spam, merged, teammate
    UNIQUE (wid, id)
);
CREATE INDEX talk_first ON talk (first_at DESC);
CREATE INDEX talk_last ON talk (last_at DESC, first_at);
CREATE INDEX talk_viewer ON talk (wid, viewer) WHERE viewer IS NOT NULL;
CREATE INDEX talk_session ON talk (wid, session) WHERE session IS NOT NULL;
CREATE VIEW conversation AS SELECT
    t.cid, t.wid,
    CASE typeof(t.id) WHEN 'blob' THEN lower(hex(t.id)) ELSE CAST(t.id AS TEXT) END AS id,
    (SELECT w.text FROM word w WHERE w.number = t.channel) AS channel,
    (SELECT w.text FROM word w WHERE w.number = t.came_team) AS came_team,
    t.subject,
    CASE WHEN t.own_tags IS NOT NULL THEN
        (SELECT json_group_array(w.text) FROM json_each(t.own_tags) j CROSS JOIN word w ON w.number = j.value)
    END AS own_tags,
    CASE typeof(t.person) WHEN 'blob' THEN lower(hex(t.person)) ELSE CAST(t.person AS TEXT) END AS person,
    t.session,
    ifnull(t.url, (
        SELECT s.text || CASE typeof(t.id) WHEN 'blob' THEN lower(hex(t.id)) ELSE t.id END
        FROM site s WHERE s.number = t.site
    )) AS url,
    (SELECT w.text FROM word w WHERE w.number = t.origin) AS origin,
    t.excerpt,
    ifnull(t.viewer, (SELECT e.viewer FROM episode e WHERE e.eid = t.cid * 4096)) AS viewer,
    t.first_at, t.last_at,
    ifnull((SELECT w.text FROM word w WHERE w.number = t.team),
           (SELECT e.team FROM episode e WHERE e.eid = t.cid * 4096)) AS team,
    t.excluded
FROM talk t;

CREATE TABLE thread (          -- all events of a conversation, as codec.py packs them
    cid  INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);

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
    touched_at    INTEGER,     -- the last of opened, clicked, replied
    PRIMARY KEY (wid, id)
);
CREATE INDEX outbound_delivered ON outbound (delivered_at DESC, opened_at);
CREATE INDEX outbound_touched ON outbound (touched_at DESC, delivered_at) WHERE touched_at IS NOT NULL;
CREATE INDEX outbound_bounced ON outbound (bounced_at DESC) WHERE bounced_at IS NOT NULL;

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
    viewer  INTEGER NOT NULL,
    -- from the same person's other rows: see trails.py; NULL until it is worked out
    followed      INTEGER,
    prev_seek     INTEGER,
    prev_view     INTEGER,
    prev_followed INTEGER,
    silent_until  INTEGER,
    UNIQUE (wid, article, at, person, session)
);
CREATE INDEX article_view_at ON article_view (at DESC);
CREATE INDEX article_view_viewer ON article_view (wid, viewer, at);
CREATE INDEX article_view_session ON article_view (wid, session) WHERE session <> '';

CREATE TABLE card_view (       -- teammates reading the team's own knowledge base
    wid    INTEGER NOT NULL,
    card   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    person TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (wid, card, at, person)
) WITHOUT ROWID;

-- A run of equal samples is one row: first seen at `at`, still so at `until`.
CREATE TABLE article_counter (
    wid           INTEGER NOT NULL,
    article       TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    until         INTEGER NOT NULL,
    views         INTEGER NOT NULL,
    conversations INTEGER NOT NULL,   -- -1: not told
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

CREATE TABLE chat_thread (     -- in a chat channel of the team
    tid     INTEGER PRIMARY KEY,
    wid     INTEGER NOT NULL,
    id      TEXT    NOT NULL,  -- that of its first message
    channel TEXT    NOT NULL,
    url     TEXT,
    UNIQUE (wid, id)
);

CREATE TABLE chat_message (
    wid     INTEGER NOT NULL,
    id      TEXT    NOT NULL,
    tid     INTEGER,           -- NULL: known only to be gone
    at      INTEGER,
    person  TEXT,
    bot     INTEGER,
    asks    INTEGER,           -- begins its thread, by a person, and asks something
    text    TEXT,
    gone_at INTEGER,           -- when its deletion was seen
    PRIMARY KEY (wid, id)
) WITHOUT ROWID;
CREATE INDEX chat_message_thread ON chat_message (tid, at);
CREATE INDEX chat_message_at ON chat_message (at DESC, tid);
CREATE INDEX chat_message_asks ON chat_message (at DESC) WHERE asks = 1;

-- ---- facts, derived from the events of one conversation and replaced together

CREATE TABLE spell (           -- an episode: moments in seconds after it began
    eid              INTEGER PRIMARY KEY,   -- cid * 4096 + ordinal
    wid              INTEGER NOT NULL,
    channel          INTEGER REFERENCES word,
    team             INTEGER REFERENCES word,
    agent            INTEGER REFERENCES word,
    origin           INTEGER REFERENCES word,
    viewer           INTEGER NOT NULL,      -- people.viewer_key
    outbound         INTEGER NOT NULL,
    begun_at         INTEGER NOT NULL,
    start_after      INTEGER,
    involved_after   INTEGER,
    bot_first        INTEGER NOT NULL,
    answer_after     INTEGER,
    last_after       INTEGER,
    unanswered_after INTEGER,
    handoff_after    INTEGER,
    reached_after    INTEGER,
    reply_after      INTEGER,
    response_after   INTEGER,
    replies          INTEGER NOT NULL,
    closed_after     INTEGER,
    closed_by        INTEGER REFERENCES word,
    resolved_after   INTEGER,
    bot_confirmed    INTEGER NOT NULL,
    reopened         INTEGER NOT NULL,
    reassigned       INTEGER NOT NULL,
    switches         INTEGER NOT NULL,
    rating           REAL,
    rated_after      INTEGER,
    state            INTEGER NOT NULL REFERENCES word,
    assignee         INTEGER REFERENCES word,
    wait_after       INTEGER,
    -- from the same person's other rows: see trails.py
    first_view       INTEGER,
    prev_seek        INTEGER,
    -- not stored but in the indexes
    cid            INTEGER AS (eid / 4096),
    start          INTEGER AS (begun_at + start_after),
    reached_at     INTEGER AS (begun_at + reached_after),
    first_reply_at INTEGER AS (begun_at + reply_after),
    closed_at      INTEGER AS (begun_at + closed_after),
    rated_at       INTEGER AS (begun_at + rated_after)
);
CREATE INDEX spell_cid ON spell (cid);
CREATE INDEX spell_begun ON spell (begun_at DESC);
CREATE INDEX spell_start ON spell (start DESC);
CREATE INDEX spell_reached ON spell (reached_at DESC);
CREATE INDEX spell_first_reply ON spell (first_reply_at DESC);
CREATE INDEX spell_closed ON spell (closed_at DESC);
CREATE INDEX spell_rated ON spell (rated_at DESC) WHERE rated_at IS NOT NULL;
CREATE INDEX spell_viewer ON spell (wid, viewer, start);
CREATE VIEW episode AS SELECT
    s.eid, s.cid, s.wid,
    (SELECT w.text FROM word w WHERE w.number = s.channel) AS channel,
    (SELECT w.text FROM word w WHERE w.number = s.team) AS team,
    (SELECT w.text FROM word w WHERE w.number = s.agent) AS agent,
    (SELECT w.text FROM word w WHERE w.number = s.origin) AS origin,
    s.viewer, s.outbound, s.begun_at, s.start,
    s.begun_at + s.involved_after AS involved_at,
    s.bot_first,
    s.begun_at + s.answer_after AS answered_at,
    s.begun_at + s.last_after AS last_answer_at,
    s.begun_at + s.unanswered_after AS unanswered_since,
    s.begun_at + s.handoff_after AS handoff_at,
    s.reached_at, s.first_reply_at,
    s.begun_at + s.response_after AS response_start,
    s.replies, s.closed_at,
    (SELECT w.text FROM word w WHERE w.number = s.closed_by) AS closed_by,
    s.begun_at + s.resolved_after AS bot_resolved_at,
    s.bot_confirmed, s.reopened, s.reassigned, s.switches, s.rating, s.rated_at,
    -- as long as closed_at has not come: open, snoozed, with_bot
    (SELECT w.text FROM word w WHERE w.number = s.state) AS state,
    (SELECT w.text FROM word w WHERE w.number = s.assignee) AS assignee,
    s.begun_at + s.wait_after AS wait_since,
    s.first_view, s.prev_seek
FROM spell s;

CREATE TABLE closing (         -- the closes of a conversation, numbered
    cid          INTEGER NOT NULL,
    number       INTEGER NOT NULL,   -- its own, plus 1048576 * the ordinal of the episode
    at           INTEGER NOT NULL,
    by           INTEGER NOT NULL REFERENCES word,
    withdrawn_at INTEGER,
    PRIMARY KEY (cid, number)
) WITHOUT ROWID;
CREATE INDEX closing_at ON closing (at DESC);
CREATE VIEW close AS SELECT
    c.cid * 4096 + c.number / 1048576 AS eid, c.cid, c.at,
    (SELECT w.text FROM word w WHERE w.number = c.by) AS by,
    c.withdrawn_at
FROM closing c;

CREATE TABLE resolution (
    eid         INTEGER NOT NULL,
    cid         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    confirmed   INTEGER NOT NULL,
    returned_at INTEGER,
    PRIMARY KEY (cid, eid, at)
) WITHOUT ROWID;

CREATE TABLE asked (           -- a rating was asked for
    eid INTEGER NOT NULL,
    cid INTEGER NOT NULL,
    at  INTEGER NOT NULL,
    prev INTEGER,          -- the one before, of the same episode
    PRIMARY KEY (cid, eid, at)
) WITHOUT ROWID;
CREATE INDEX asked_at ON asked (at DESC);

CREATE TABLE span (            -- of a conversation, numbered: mostly a wait and a stretch in the queue are the same
    cid     INTEGER NOT NULL,
    number  INTEGER NOT NULL,  -- as in closing
    start   INTEGER NOT NULL,
    seconds INTEGER,           -- NULL: still in the queue
    agent   INTEGER REFERENCES word,
    kind    INTEGER NOT NULL,  -- 0 both, 1 a wait that a human ended, 2 a stretch in the queue
    end     INTEGER AS (start + seconds),
    PRIMARY KEY (cid, number)
) WITHOUT ROWID;
CREATE INDEX span_end ON span (end DESC);
CREATE VIEW wait AS SELECT
    s.cid * 4096 + s.number / 1048576 AS eid, s.cid, s.start, s.end,
    (SELECT w.text FROM word w WHERE w.number = s.agent) AS agent
FROM span s WHERE s.kind <> 2;
CREATE VIEW waiting AS SELECT
    s.cid * 4096 + s.number / 1048576 AS eid, s.cid, s.start, s.end
FROM span s WHERE s.kind <> 1;

CREATE TABLE label (           -- a conversation's tag
    cid    INTEGER NOT NULL,
    number INTEGER NOT NULL REFERENCES word,
    PRIMARY KEY (cid, number)
) WITHOUT ROWID;
CREATE VIEW tag AS SELECT l.cid, (SELECT w.text FROM word w WHERE w.number = l.number) AS tag FROM label l;

-- ---- the ledger: what the facts add up to, by local day; see ledger.py

CREATE TABLE part (
    pid   INTEGER PRIMARY KEY,
    key   TEXT    NOT NULL,
    wid   INTEGER NOT NULL,
    value TEXT    NOT NULL,
    UNIQUE (key, wid, value)
);

CREATE TABLE balance (         -- sums of a part in a month, by population and day
    key  INTEGER PRIMARY KEY,
    body BLOB    NOT NULL
);

CREATE TABLE run (             -- the values of a population and part, sorted, of a day or of a month with few
    key  INTEGER PRIMARY KEY,
    body BLOB    NOT NULL
);

CREATE TABLE journal (         -- postings that have not been carried over yet
    id   INTEGER PRIMARY KEY,
    rows INTEGER NOT NULL,
    body BLOB    NOT NULL
);

CREATE TABLE due (             -- when time alone changes what a conversation (or minus an article view) counts for
    at    INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    PRIMARY KEY (at DESC, owner)
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
