#include "gold/sql_token.h"

#include <string.h>
#include <strings.h>

/* Words that mean something else in SQL than a name, and what to do without them. */
static const struct {
	const char *word;
	const char *hint;
} refused[] = {
    {"all", "GROUP BY and count take columns"},
    {"any", "compare with a literal"},
    {"case", "count a condition with FILTER (WHERE ...)"},
    {"cast", "values keep the type of their column"},
    {"collate", "texts are compared byte for byte"},
    {"cross", "a Gold table is made from silver alone"},
    {"cube", "GROUP BY takes columns"},
    {"distinct", "only inside count(DISTINCT x)"},
    {"except", "one SELECT makes one table"},
    {"exists", "a Gold table is made from silver alone"},
    {"fetch", "a Gold table keeps every group: ask for fewer rows when you query it"},
    {"full", "a Gold table is made from silver alone"},
    {"glob", "compare with = or IN"},
    {"grouping", "GROUP BY takes columns"},
    {"having", "a Gold table keeps every group: filter when you query it"},
    {"ilike", "compare with = or IN"},
    {"inner", "a Gold table is made from silver alone"},
    {"intersect", "one SELECT makes one table"},
    {"interval", "compare with a literal date or time"},
    {"join", "a Gold table is made from silver alone"},
    {"lateral", "a Gold table is made from silver alone"},
    {"left", "a Gold table is made from silver alone"},
    {"like", "compare with = or IN"},
    {"limit", "a Gold table keeps every group: ask for fewer rows when you query it"},
    {"natural", "a Gold table is made from silver alone"},
    {"offset", "a Gold table keeps every group: ask for fewer rows when you query it"},
    {"order", "a table has no order: sort when you query it"},
    {"over", "window functions cannot be kept up to date: use them when you query the table"},
    {"qualify", "a Gold table keeps every group: filter when you query it"},
    {"right", "a Gold table is made from silver alone"},
    {"rollup", "GROUP BY takes columns"},
    {"similar", "compare with = or IN"},
    {"union", "one SELECT makes one table"},
    {"using", "a Gold table is made from silver alone"},
    {"window", "window functions cannot be kept up to date: use them when you query the table"},
    {"with", "one SELECT makes one table"},
};

/* The words of the subset: no plain names either. */
static const char *const keywords[] = {"and", "as",  "between", "by", "from",   "group", "in",
				       "is",  "not", "null",    "or", "select", "where"};

bool sql_is_word(const struct sql_token *t, const char *word)
{
	return t->kind == TOKEN_WORD && t->text.len == strlen(word) &&
	       strncasecmp(t->text.data, word, t->text.len) == 0;
}

bool sql_is_sign(const struct sql_token *t, const char *sign)
{
	return t->kind == TOKEN_SIGN && t->text.len == strlen(sign) &&
	       memcmp(t->text.data, sign, t->text.len) == 0;
}

const char *sql_hint(const struct sql_token *t)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		if (sql_is_word(t, refused[i].word))
			return refused[i].hint;
	}
	return NULL;
}

bool sql_is_name(const struct sql_token *t)
{
	if (t->kind != TOKEN_WORD)
		return t->kind == TOKEN_QUOTED;
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
		if (sql_is_word(t, keywords[i]))
			return false;
	}
	return sql_hint(t) == NULL;
}
