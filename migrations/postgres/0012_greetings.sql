-- Where the bot has said hello, once.
CREATE TABLE greetings (
    place      TEXT    PRIMARY KEY,     -- discord:<server's id>, telegram:<group's id>
    greeted_at BIGINT NOT NULL
);
