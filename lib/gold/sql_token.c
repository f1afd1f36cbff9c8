#include "gold/sql_token.h"

#include <string.h>

/* No <ctype.h>: what is a letter does not depend on a locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) || (c & 0x80);
}

static void advance(struct sql_scanner *s, size_t n)
{
	for (; n > 0; n--, s->next++) {
		if (*s->next == '\n') {
			s->at.line++;
			s->at.column = 1;
		} else {
			s->at.column++;
		}
	}
}

static bool starts(const struct sql_scanner *s, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(s->end - s->next) >= len && memcmp(s->next, with, len) == 0;
}

static int skip_comment(struct sql_scanner *s)
{
	const struct sql_position at = s->at;

	advance(s, 2);
	while (s->next < s->end && !starts(s, "*/")) {
		if (starts(s, "/*"))
			return sql_refuse(s->select, s->at, "/*", "a comment inside a comment");
		advance(s, 1);
	}
	if (s->next == s->end)
		return sql_refuse(s->select, at, "/*", "the comment does not end");
	advance(s, 2);
	return 0;
}

static int skip_blank(struct sql_scanner *s)
{
	while (s->next < s->end) {
		if (strchr(" \t\r\n\f", *s->next) != NULL && *s->next != '\0') {
			advance(s, 1);
		} else if (starts(s, "--")) {
			while (s->next < s->end && *s->next != '\n')
				advance(s, 1);
		} else if (starts(s, "/*")) {
			if (skip_comment(s) != 0)
				return -1;
		} else {
			break;
		}
	}
	return 0;
}

/* 'text' or "name": a doubled quote stands for one. */
static int scan_quoted(struct sql_scanner *s, struct sql_token *t)
{
	const char quote = *s->next;

	t->kind = quote == '\'' ? TOKEN_STRING : TOKEN_QUOTED;
	buffer_clear(&s->unquoted);
	for (advance(s, 1);;) {
		if (s->next == s->end)
			return sql_refuse(s->select, t->at, quote == '\'' ? "'" : "\"", "it is not closed");
		const char c = *s->next;
		if (c == '\0')
			return sql_refuse(s->select, s->at, "NUL", "a text holds no NUL byte");
		advance(s, 1);
		if (c == quote) {
			if (s->next == s->end || *s->next != quote)
				break;
			advance(s, 1);
		}
		if (buffer_append(&s->unquoted, &c, 1) != 0)
			return -1;
	}
	t->text.data = buffer_text(&s->unquoted);
	t->text.len = s->unquoted.len;
	return t->text.data == NULL ? -1 : 0;
}

static const char *scan_digits(const char *p, const char *end)
{
	while (p < end && is_digit(*p))
		p++;
	return p;
}

static int scan_number(struct sql_scanner *s, struct sql_token *t)
{
	const char *p = scan_digits(s->next, s->end);

	t->kind = TOKEN_NUMBER;
	if (p < s->end && *p == '.')
		p = scan_digits(p + 1, s->end);
	if (p < s->end && (*p == 'e' || *p == 'E')) {
		const char *digits = p + 1 < s->end && (p[1] == '+' || p[1] == '-') ? p + 2 : p + 1;

		p = scan_digits(digits, s->end);
		if (p == digits)
			p = digits - 1; /* the letter stays, and is refused below */
	}
	t->text = (struct text){s->next, (size_t)(p - s->next)};
	if (p < s->end && (is_word(*p) || *p == '.')) {
		char shown[2] = {*p, '\0'};

		return sql_refuse(s->select, s->at, "a number", "it goes on with \"%s\"", shown);
	}
	advance(s, t->text.len);
	return 0;
}

static int scan_sign(struct sql_scanner *s, struct sql_token *t)
{
	static const char *const two[] = {"<=", ">=", "<>", "!=", "==", "||",
					  "::", "->", "//", "**", "<<", ">>"};
	char shown[5];

	t->kind = TOKEN_SIGN;
	t->text = (struct text){s->next, 1};
	for (size_t i = 0; i < sizeof two / sizeof two[0]; i++) {
		if (starts(s, two[i]))
			t->text.len = 2;
	}
	if (t->text.len == 2 && memchr("<>!", t->text.data[0], 3) != NULL &&
	    t->text.data[1] != t->text.data[0]) {
		advance(s, 2);
		return 0;
	}
	if (t->text.len == 1 && *s->next != '\0' && strchr("(),;.+-*/=<>", *s->next) != NULL) {
		advance(s, 1);
		return 0;
	}
	if (*s->next > ' ' && *s->next < 0x7f) {
		memcpy(shown, t->text.data, t->text.len);
		shown[t->text.len] = '\0';
	} else {
		static const char hex[] = "0123456789abcdef";

		memcpy(shown, "\\x", 2);
		shown[2] = hex[(*s->next >> 4) & 15];
		shown[3] = hex[*s->next & 15];
		shown[4] = '\0';
	}
	return sql_refuse(s->select, t->at, shown, "no such sign in a Gold definition%s",
			  strcmp(shown, "==") == 0   ? ": write ="
			  : strcmp(shown, "::") == 0 ? ": values keep the type of their column"
						     : "");
}

int sql_scan(struct sql_scanner *s, struct sql_token *t)
{
	if (skip_blank(s) != 0)
		return -1;
	*t = (struct sql_token){.at = s->at};
	if (s->next == s->end)
		return 0;
	if (*s->next == '\'' || *s->next == '"')
		return scan_quoted(s, t);
	if (is_digit(*s->next) || (*s->next == '.' && s->next + 1 < s->end && is_digit(s->next[1])))
		return scan_number(s, t);
	if (!is_word(*s->next))
		return scan_sign(s, t);
	t->kind = TOKEN_WORD;
	t->text.data = s->next;
	while (s->next < s->end && is_word(*s->next))
		advance(s, 1);
	t->text.len = (size_t)(s->next - t->text.data);
	return 0;
}
