/*
 * sql_token -- words, numbers, strings and signs of a Gold definition, with their places.
 *
 * Errors as sql.h has them.
 */
#ifndef EV_SQL_TOKEN_H
#define EV_SQL_TOKEN_H

#include "base/buffer.h"
#include "gold/sql.h"

enum sql_token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* a keyword or a plain name */
	TOKEN_QUOTED, /* a "name" */
	TOKEN_NUMBER,
	TOKEN_STRING,
	TOKEN_SIGN, /* one of ( ) , ; . + - * / = < > <= >= <> !=; others are refused */
};

struct sql_token {
	enum sql_token_kind kind;
	struct sql_position at;
	struct text text; /* as written; of a string or quoted name, what it stands for */
};

struct sql_scanner {
	const struct sql_select *select; /* for messages */
	const char *next;
	const char *end;
	struct sql_position at;
	struct buffer unquoted;
};

/* The next token; its text is borrowed until the one after it. */
int sql_scan(struct sql_scanner *s, struct sql_token *t) MUST_CHECK;

/* Whether the token is that word, in any case; that sign. */
bool sql_is_word(const struct sql_token *t, const char *word);
bool sql_is_sign(const struct sql_token *t, const char *sign);
/* Whether it can be a name: a word that means nothing else in SQL, or anything quoted. */
bool sql_is_name(const struct sql_token *t);
/* What to do without a word that is SQL but not of the subset; NULL for any other token. */
const char *sql_hint(const struct sql_token *t);

#endif
