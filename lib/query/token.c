#include "query/token.h"

#include <stdlib.h>
#include <strings.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || is_digit(c) ||
	       (c & 0x80);
}

static size_t skip_blank(const char *sql, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (sql[i] == ' ' || (sql[i] >= '\t' && sql[i] <= '\r' && sql[i] != '\v')) {
			i++;
		} else if (i + 1 < len && sql[i] == '-' && sql[i + 1] == '-') {
			while (i < len && sql[i] != '\n')
				i++;
		} else if (i + 1 < len && sql[i] == '/' && sql[i + 1] == '*') {
			const char *end = memmem(sql + i + 2, len - i - 2, "*/", 2);

			i = end != NULL ? (size_t)(end + 2 - sql) : len;
		} else {
			break;
		}
	}
	return i;
}

/* Up to the closing quote, of which two stand for one. */
static size_t quoted(const char *sql, size_t len, char quote)
{
	size_t i = 1;

	while (i < len && (sql[i] != quote || (quote != ']' && i + 1 < len && sql[i + 1] == quote)))
		i += sql[i] == quote ? 2 : 1;
	return i < len ? i + 1 : len;
}

static size_t words(const char *sql, size_t len)
{
	size_t i = 1;

	while (i < len && is_word(sql[i]))
		i++;
	return i;
}

static size_t number(const char *sql, size_t len)
{
	size_t i = 0;

	for (; i < len; i++) {
		const bool sign = (sql[i] == '-' || sql[i] == '+') && i > 0 && (sql[i - 1] | 0x20) == 'e' &&
				  (sql[1] | 0x20) != 'x';

		if (!is_word(sql[i]) && sql[i] != '.' && !sign)
			break;
	}
	return i;
}

/* The length of the token that sql starts with, and its kind. */
static size_t measure(const char *sql, size_t len, enum token_kind *kind)
{
	const char c = sql[0], next = len > 1 ? sql[1] : '\0';

	if (c == '\'' || ((c | 0x20) == 'x' && next == '\'')) {
		*kind = TOKEN_TEXT;
		return c == '\'' ? quoted(sql, len, c) : 1 + quoted(sql + 1, len - 1, next);
	}
	if (c == '"' || c == '`' || c == '[') {
		*kind = TOKEN_QUOTE;
		return quoted(sql, len, c == '[' ? ']' : c);
	}
	if (is_digit(c) || (c == '.' && is_digit(next))) {
		*kind = TOKEN_DIGITS;
		return number(sql, len);
	}
	if (c == '?' || c == ':' || c == '@' || c == '$' || c == '#') {
		*kind = TOKEN_VALUE;
		return words(sql, len);
	}
	*kind = is_word(c) ? TOKEN_NAME : TOKEN_PUNCTUATION;
	return *kind == TOKEN_NAME ? words(sql, len) : 1;
}

static int add(struct tokens *t, const struct token *token)
{
	if (array_reserve(&t->items, &t->cap, t->n + 2, sizeof *t->items) != 0)
		return -1;
	t->items[t->n++] = *token;
	t->items[t->n] = (struct token){.kind = TOKEN_NONE};
	return 0;
}

int tokens_read(struct tokens *t, const char *sql, size_t len)
{
	uint32_t open[256], depth = 0;

	t->n = 0;
	for (;;) {
		const size_t blank = skip_blank(sql, len);
		struct token token = {0};

		sql += blank;
		len -= blank;
		if (len == 0)
			break;
		token.text = (struct text){sql, measure(sql, len, &token.kind)};
		token.other = (uint32_t)t->n;
		if (token_is_sign(&token, ')') && depth > 0) {
			token.other = depth <= 256 ? open[depth - 1] : token.other;
			t->items[token.other].other = (uint32_t)t->n;
			depth--;
		}
		token.depth = depth;
		if (token_is_sign(&token, '(') && depth++ < 256)
			open[depth - 1] = (uint32_t)t->n;
		if (add(t, &token) != 0)
			return -1;
		sql += token.text.len;
		len -= token.text.len;
	}
	return t->n > 0 ? 0 : add(t, &(struct token){0});
}

void tokens_free(struct tokens *t)
{
	free(t->items);
	*t = (struct tokens){0};
}

bool token_is(const struct token *t, const char *word)
{
	return t->kind == TOKEN_NAME && strlen(word) == t->text.len &&
	       strncasecmp(t->text.data, word, t->text.len) == 0;
}

bool token_is_sign(const struct token *t, char sign)
{
	return t->kind == TOKEN_PUNCTUATION && t->text.data[0] == sign;
}

bool token_names(const struct token *t, const char *name)
{
	if (t->kind != TOKEN_QUOTE)
		return token_is(t, name);
	/* A quote within a name is beyond what names of columns are. */
	return t->text.len == strlen(name) + 2 && strncasecmp(t->text.data + 1, name, t->text.len - 2) == 0;
}

bool token_is_one_of(const struct token *t, const char *list)
{
	while (t->kind == TOKEN_NAME && *list != '\0') {
		const size_t blank = strspn(list, " "), len = strcspn(list + blank, " ");

		if (len == t->text.len && strncasecmp(list + blank, t->text.data, len) == 0)
			return true;
		list += blank + len;
	}
	return false;
}
