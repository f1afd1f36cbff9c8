/*
 * token -- a statement of SQLite's as tokens, each where it stands in the text.
 *
 * What SQLite does not take for a statement may be cut in any way: it is looked at only after SQLite has
 * prepared it.
 */
#ifndef EV_TOKEN_H
#define EV_TOKEN_H

#include "base/buffer.h"
#include "base/text.h"

enum token_kind {
	TOKEN_NONE,  /* behind the last */
	TOKEN_NAME,  /* a keyword or a plain name */
	TOKEN_QUOTE, /* "name", [name] or `name` */
	TOKEN_TEXT,  /* 'text' */
	TOKEN_DIGITS,
	TOKEN_VALUE,       /* :name and its like */
	TOKEN_PUNCTUATION, /* one character */
};

struct token {
	enum token_kind kind;
	struct text text; /* as it is written */
	uint32_t depth;   /* parentheses around it; of one itself, those around both */
	uint32_t other;   /* of a parenthesis: the number of the one that belongs to it */
};

/* {0} is empty. items[n] is TOKEN_NONE. */
struct tokens {
	struct token *items;
	size_t n, cap;
};

int tokens_read(struct tokens *t, const char *sql, size_t len) MUST_CHECK;
void tokens_free(struct tokens *t);

/* Whether it is that keyword, in any case; that sign. */
bool token_is(const struct token *t, const char *word);
bool token_is_sign(const struct token *t, char sign);
/* Whether it names that: plain or quoted, in any case. */
bool token_names(const struct token *t, const char *name);
/* Whether it is one of some keywords, which stand in the list one behind the other, with spaces around. */
bool token_is_one_of(const struct token *t, const char *list);

#endif
