#include "query/route.h"

#include "query/token.h"

#include <stdlib.h>
#include <string.h>

enum { DIMENSIONS_MAX = 64, MEASURES_MAX = 200 };

/* Tokens from first up to, and without, end. */
struct span {
	uint32_t first, end;
};

struct select {
	const struct route *route;
	const struct token *tokens;
	const struct columns *columns;
	struct span outputs, where, group, rest; /* of rest: HAVING, ORDER BY, LIMIT */
	uint32_t table;
	bool distinct;
	size_t dimensions[DIMENSIONS_MAX]; /* columns */
	size_t n_dimensions;
	uint32_t n_measures;
	struct buffer measures; /* ", sum(revenue) AS "#1" ..." */
	struct buffer text;     /* that takes its place */
};

/* Functions of one row, that give the same for the same. */
static const char functions[] =
    " abs acos asin atan ceil ceiling char coalesce cos date datetime degrees exp floor "
    "format glob hex ifnull iif instr julianday length like ln log log10 log2 lower "
    "ltrim mod nullif pi pow power printf quote radians replace round rtrim sign sin "
    "sqrt strftime substr substring tan time trim trunc typeof unicode unixepoch upper ";
static const char windows[] =
    " cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank "
    "rank row_number ";
static const char aggregates[] = " avg count max min sum total ";
static const char keywords[] =
    " all and as asc between by case cast collate current desc distinct else end escape exclude filter first "
    "following from glob group having in integer is isnull last like limit not notnull null nulls numeric "
    "offset or "
    "order others over partition preceding range real regexp rows text then ties unbounded when where window "
    "true "
    "false ";

static const struct token *at(const struct select *s, uint32_t i)
{
	return &s->tokens[i];
}

static int column_of(const struct select *s, const struct token *t)
{
	for (size_t i = 0; i < s->columns->n; i++) {
		if (token_names(t, s->columns->items[i].name))
			return (int)i;
	}
	return -1;
}

static bool is_dimension(const struct select *s, int column)
{
	for (size_t i = 0; i < s->n_dimensions; i++) {
		if (s->dimensions[i] == (size_t)column)
			return true;
	}
	return false;
}

/* The text of some tokens, with what stands between them. */
static struct text text_of_span(const struct select *s, struct span span)
{
	const struct text first = at(s, span.first)->text, last = at(s, span.end - 1)->text;

	return (struct text){first.data, (size_t)(last.data + last.len - first.data)};
}

/* The part of a list that starts at *first, up to a comma that is not within parentheses. */
static struct span next_part(const struct select *s, uint32_t *first, uint32_t end)
{
	const uint32_t depth = at(s, *first)->depth;
	struct span part = {*first, *first};

	while (part.end < end && !(token_is_sign(at(s, part.end), ',') && at(s, part.end)->depth == depth))
		part.end++;
	*first = part.end + 1;
	return part;
}

/* --- what a SELECT is made of ----------------------------------------------------------------------------
 */

/* The first of these words in a span, outside of its parentheses; its end when there is none. */
static uint32_t find_clause(const struct select *s, struct span span, uint32_t depth, const char *words)
{
	uint32_t i = span.first;

	while (i < span.end && !(at(s, i)->depth == depth && token_is_one_of(at(s, i), words)))
		i++;
	return i;
}

/* Where the SELECT at a token ends. */
static uint32_t find_end(const struct select *s, uint32_t first)
{
	const uint32_t depth = at(s, first)->depth;
	uint32_t i = first + 1;

	for (; at(s, i)->kind != TOKEN_NONE; i++) {
		const struct token *t = at(s, i);

		if (t->depth < depth ||
		    (t->depth == depth &&
		     (token_is_sign(t, ';') || token_is_one_of(t, " union intersect except "))))
			break;
	}
	return i;
}

/* True when the SELECT at a token is over one table that is known. */
static bool take_clauses(struct select *s, uint32_t first, uint32_t *end)
{
	const uint32_t depth = at(s, first)->depth;
	struct span all = {first + 1, find_end(s, first)};
	uint32_t from;

	*end = all.end;
	s->distinct = token_is(at(s, all.first), "distinct");
	all.first += s->distinct || token_is(at(s, all.first), "all");
	from = find_clause(s, all, depth, " from ");
	if (from + 1 >= all.end || from == all.first)
		return false;
	s->outputs = (struct span){all.first, from};
	s->table = from + 1;
	all.first = from + 2;
	s->where = s->group = (struct span){all.first, all.first};
	if (token_is(at(s, all.first), "where")) {
		s->where = (struct span){all.first + 1,
					 find_clause(s, all, depth, " group having order limit window ")};
		all.first = s->where.end;
	}
	if (token_is(at(s, all.first), "group") && token_is(at(s, all.first + 1), "by")) {
		s->group =
		    (struct span){all.first + 2, find_clause(s, all, depth, " having order limit window ")};
		all.first = s->group.end;
	}
	s->rest = all;
	return all.first == all.end || token_is_one_of(at(s, all.first), " having order limit ");
}

/* --- dimensions ------------------------------------------------------------------------------------------
 */

/* An output's value, without the name that AS gives it; *name is that, or NULL. */
static struct span value_of(const struct select *s, struct span output, const struct token **name)
{
	const struct token *last = at(s, output.end - 1), *before = last - 1;
	const bool is_name = last->kind == TOKEN_NAME || last->kind == TOKEN_QUOTE;

	*name = NULL;
	if (output.end - output.first < 2 || !is_name)
		return output;
	if (token_is(before, "as")) {
		*name = last;
		return (struct span){output.first, output.end - 2};
	}
	/* Without AS it stands behind what ends a value. */
	if (token_is_one_of(last, keywords))
		return output;
	if (before->kind == TOKEN_PUNCTUATION ? !token_is_sign(before, ')')
					      : token_is_one_of(before, keywords) && !token_is(before, "end"))
		return output;
	*name = last;
	return (struct span){output.first, output.end - 1};
}

static bool is_whole(struct text digits, unsigned long *number)
{
	*number = strtoul(digits.data, NULL, 10);
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
	}
	return true;
}

/* What an output shows that is meant by its number, counted from 1, or by its name: a column, or -1. */
static int column_of_output(const struct select *s, unsigned long number, const struct token *called)
{
	uint32_t i = s->outputs.first;

	for (unsigned long n = 1; i < s->outputs.end; n++) {
		const struct token *name;
		const struct span value = value_of(s, next_part(s, &i, s->outputs.end), &name);
		const bool is_called = called != NULL && name != NULL && called->text.len == name->text.len &&
				       strncasecmp(called->text.data, name->text.data, name->text.len) == 0;

		if (n == number || is_called)
			return value.end - value.first == 1 ? column_of(s, at(s, value.first)) : -1;
	}
	return -1;
}

static bool add_dimension(struct select *s, int column)
{
	if (column < 0 || s->n_dimensions == DIMENSIONS_MAX)
		return false;
	if (!is_dimension(s, column))
		s->dimensions[s->n_dimensions++] = (size_t)column;
	return true;
}

static bool take_group(struct select *s, struct span term)
{
	const struct token *t = at(s, term.first);
	unsigned long number = 0;
	int column;

	if (term.end - term.first != 1)
		return false;
	if (t->kind == TOKEN_DIGITS)
		return is_whole(t->text, &number) && add_dimension(s, column_of_output(s, number, NULL));
	column = column_of(s, t);
	return add_dimension(s, column >= 0 ? column : column_of_output(s, 0, t));
}

static bool take_dimensions(struct select *s)
{
	uint32_t i = s->group.first;

	while (i < s->group.end) {
		if (!take_group(s, next_part(s, &i, s->group.end)))
			return false;
	}
	/* SELECT DISTINCT of columns groups by all of them. */
	for (i = s->outputs.first; s->distinct && s->group.first == s->group.end && i < s->outputs.end;) {
		const struct token *name;
		const struct span value = value_of(s, next_part(s, &i, s->outputs.end), &name);

		if (value.end - value.first == 1)
			(void)add_dimension(s, column_of(s, at(s, value.first)));
	}
	return true;
}

/* --- values ----------------------------------------------------------------------------------------------
 */

/* Tokens as they are written, with values for parameters: 1, 0, -1. */
static int append_literals(const struct select *s, struct span span, struct buffer *out)
{
	const char *from = at(s, span.first)->text.data;
	int given = 1;

	for (uint32_t i = span.first; i < span.end && given > 0; i++) {
		const struct text t = at(s, i)->text;

		if (buffer_append(out, from, (size_t)(t.data - from)) != 0)
			return -1;
		from = t.data + t.len;
		if (at(s, i)->kind == TOKEN_VALUE)
			given = s->route->literal(s->route->context, t, out);
		else
			given = buffer_append(out, t.data, t.len) == 0 ? 1 : -1;
	}
	return given;
}

/* function, or nothing, and what stands behind it. */
static int add_measure(struct select *s, const char *function, struct span behind)
{
	int added = s->n_measures < MEASURES_MAX;

	if (added && buffer_printf(&s->measures, ", %s", function) != 0)
		return -1;
	if (added)
		added = append_literals(s, behind, &s->measures);
	if (added > 0 && buffer_printf(&s->measures, " AS \"#%u\"", ++s->n_measures) != 0)
		return -1;
	return added;
}

/* The aggregate at a token, whose call ends before `end`: 1, 0 when it is none that is known, -1. */
static int take_aggregate(struct select *s, uint32_t i, uint32_t end)
{
	const bool is_average = token_is(at(s, i), "avg"), is_total = token_is(at(s, i), "total");
	const bool is_sum = is_average || is_total;
	int taken = add_measure(s, is_sum ? "sum" : "", (struct span){i + is_sum, end});

	if (taken > 0 && is_average)
		taken = add_measure(s, "count", (struct span){i + 1, end});
	if (taken <= 0)
		return taken;
	/* A sum of integers is one, and SQLite divides such. */
	if (is_average)
		taken = buffer_printf(&s->text, "(1.0 * \"#%u\" / nullif(\"#%u\", 0))", s->n_measures - 1,
				      s->n_measures);
	else
		taken = buffer_printf(&s->text, is_total ? "coalesce(1.0 * \"#%u\", 0.0)" : "\"#%u\"",
				      s->n_measures);
	return taken == 0 ? 1 : -1;
}

/* Where the call at a token ends, FILTER included. */
static uint32_t end_of_call(const struct select *s, uint32_t i)
{
	const uint32_t end = at(s, i + 1)->other + 1;

	if (token_is(at(s, end), "filter") && token_is_sign(at(s, end + 1), '('))
		return at(s, end + 1)->other + 1;
	return end;
}

static bool has_comma(const struct select *s, uint32_t open)
{
	for (uint32_t i = open + 1; i < at(s, open)->other; i++) {
		if (token_is_sign(at(s, i), ',') && at(s, i)->depth == at(s, open)->depth + 1)
			return true;
	}
	return false;
}

/* A name with a parenthesis behind it: 1 and *next behind what was taken, 0, -1. */
static int take_call(struct select *s, uint32_t i, uint32_t *next)
{
	const struct token *t = at(s, i);
	const uint32_t end = end_of_call(s, i);
	const bool is_window = token_is(at(s, end), "over");

	*next = i + 1;
	if (token_is_one_of(t, aggregates) && !is_window && !has_comma(s, i + 1)) {
		*next = end;
		return take_aggregate(s, i, end);
	}
	if (token_is_one_of(t, keywords) || token_is_one_of(t, functions) ||
	    (is_window && (token_is_one_of(t, windows) || token_is_one_of(t, aggregates))) ||
	    token_is(t, "min") || token_is(t, "max"))
		return buffer_append(&s->text, t->text.data, t->text.len) == 0 ? 1 : -1;
	return 0;
}

/* Whether a token that is no call may stand in what is made of groups. */
static bool is_plain(const struct select *s, uint32_t i)
{
	const struct token *t = at(s, i);
	int column;

	if (t->kind != TOKEN_NAME && t->kind != TOKEN_QUOTE)
		return true;
	if (token_is_sign(at(s, i + 1), '.') || (i > 0 && token_is_sign(at(s, i - 1), '.')))
		return false;
	if (token_is_one_of(t, " select exists rowid oid _rowid_ raise match "))
		return false;
	column = column_of(s, t);
	return column < 0 || is_dimension(s, column);
}

/* Tokens as they are, with aggregates replaced: 1, 0, -1. */
static int take_values(struct select *s, struct span span)
{
	uint32_t i = span.first;
	int taken = 1;

	while (i < span.end && taken > 0) {
		const struct token *t = at(s, i);
		const bool is_call = t->kind == TOKEN_NAME && token_is_sign(at(s, i + 1), '(');

		if (buffer_append(&s->text, " ", token_is_sign(t, '(') ? 0 : 1) != 0)
			return -1;
		if (is_call) {
			taken = take_call(s, i, &i);
			continue;
		}
		if (!is_plain(s, i))
			return 0;
		/* Signs of more than one character stay together. */
		for (;; t = at(s, i)) {
			if (buffer_append(&s->text, t->text.data, t->text.len) != 0)
				return -1;
			if (++i >= span.end || t->kind != TOKEN_PUNCTUATION ||
			    at(s, i)->kind != TOKEN_PUNCTUATION || t->text.data + 1 != at(s, i)->text.data)
				break;
		}
	}
	return taken;
}

static int append_name(struct buffer *out, struct text name)
{
	if (buffer_append_text(out, " AS \"") != 0)
		return -1;
	for (size_t i = 0; i < name.len; i++) {
		if (buffer_append(out, name.data + i, 1) != 0 ||
		    (name.data[i] == '"' && buffer_append(out, "\"", 1) != 0))
			return -1;
	}
	return buffer_append_text(out, "\"");
}

/* What has no name is called as it is written. */
static int take_output(struct select *s, struct span output)
{
	const struct token *name;
	const struct span value = value_of(s, output, &name);
	const bool is_column = value.end - value.first == 1 && column_of(s, at(s, value.first)) >= 0;
	int taken;

	if (value.first == value.end || token_is_sign(at(s, value.first), '*'))
		return 0;
	taken = take_values(s, value);
	if (taken <= 0)
		return taken;
	if (name != NULL)
		return buffer_printf(&s->text, " AS %.*s", (int)name->text.len, name->text.data) == 0 ? 1
												      : -1;
	return is_column || append_name(&s->text, text_of_span(s, value)) == 0 ? 1 : -1;
}

static int take_outputs(struct select *s)
{
	uint32_t i = s->outputs.first;
	int taken = buffer_append_text(&s->text, s->distinct ? "SELECT DISTINCT" : "SELECT") == 0 ? 1 : -1;

	while (i < s->outputs.end && taken > 0) {
		if (i > s->outputs.first && buffer_append(&s->text, ",", 1) != 0)
			return -1;
		taken = take_output(s, next_part(s, &i, s->outputs.end));
	}
	return taken;
}

/* There are no groups any more, but rows: what holds for groups is WHERE. */
static int take_rest(struct select *s)
{
	struct span rest = s->rest;

	if (rest.first < rest.end && token_is(at(s, rest.first), "having")) {
		rest.first++;
		if (buffer_append_text(&s->text, " WHERE") != 0)
			return -1;
	}
	return take_values(s, rest);
}

/* --- the definition --------------------------------------------------------------------------------------
 */

static int append_columns(const struct select *s, struct buffer *out)
{
	for (size_t i = 0; i < s->n_dimensions; i++) {
		if (buffer_printf(out, "%s\"%s\"", i > 0 ? ", " : "",
				  s->columns->items[s->dimensions[i]].name) != 0)
			return -1;
	}
	return 0;
}

static int write_definition(struct select *s, struct buffer *out)
{
	const struct text measures = {(const char *)s->measures.data, s->measures.len};
	const size_t comma = s->n_dimensions == 0 ? 1 : 0;
	int result = 1;

	if (buffer_append_text(out, "SELECT ") != 0 || append_columns(s, out) != 0 ||
	    (measures.len > 0 && buffer_append(out, measures.data + comma, measures.len - comma) != 0) ||
	    buffer_append_text(out, " FROM silver") != 0)
		return -1;
	if (s->where.first < s->where.end)
		result = buffer_append_text(out, " WHERE ") == 0 ? append_literals(s, s->where, out) : -1;
	if (result > 0 && s->n_dimensions > 0 &&
	    (buffer_append_text(out, " GROUP BY ") != 0 || append_columns(s, out) != 0))
		return -1;
	return result;
}

/* --- the statement ---------------------------------------------------------------------------------------
 */

static int write_from(struct select *s)
{
	struct buffer definition = {0};
	int result = buffer_append_text(&s->text, " FROM ") == 0 ? write_definition(s, &definition) : -1;

	if (result > 0 && buffer_text(&definition) == NULL)
		result = -1;
	if (result > 0)
		result = s->route->add(s->route->context, at(s, s->table)->text, buffer_text(&definition),
				       &s->text);
	buffer_free(&definition);
	return result;
}

/* The SELECT at a token: 1 and s->text is to take its place, up to *end; 0; -1. */
static int take_select(struct select *s, uint32_t first, uint32_t *end)
{
	struct buffer rest = {0};
	int taken;

	s->n_dimensions = 0;
	s->n_measures = 0;
	buffer_clear(&s->measures);
	buffer_clear(&s->text);
	if (!take_clauses(s, first, end))
		return 0;
	s->columns = s->route->columns_of(s->route->context, at(s, s->table)->text);
	if (s->columns == NULL || !take_dimensions(s))
		return 0;
	/* Aggregates may stand in the rest too, but FROM comes before it. */
	taken = take_rest(s);
	if (taken > 0)
		taken = buffer_append(&rest, s->text.data, s->text.len) == 0 ? 1 : -1;
	buffer_clear(&s->text);
	if (taken > 0)
		taken = take_outputs(s);
	/* Without groups there is one, of all rows; DISTINCT columns beside it are of any. */
	if (taken > 0 && s->group.first == s->group.end && (s->n_dimensions == 0) == (s->n_measures == 0))
		taken = 0;
	if (taken > 0)
		taken = write_from(s);
	if (taken > 0)
		taken = buffer_append(&s->text, rest.data, rest.len) == 0 ? 1 : -1;
	buffer_free(&rest);
	return taken;
}

/* A name that WITH gives to something else hides the table. */
static bool hides_tables(const struct route *route, const struct tokens *t)
{
	for (size_t i = 0; i + 1 < t->n; i++) {
		if (route->columns_of(route->context, t->items[i].text) != NULL &&
		    (token_is(&t->items[i + 1], "as") || token_is_sign(&t->items[i + 1], '(')))
			return true;
	}
	return false;
}

static int route_selects(struct select *s, const struct tokens *t, struct text sql, struct buffer *out)
{
	const char *from = sql.data;
	int any = 0;

	for (uint32_t i = 0; i < t->n;) {
		uint32_t end = i + 1;
		int taken = 0;

		if (token_is(&t->items[i], "select"))
			taken = take_select(s, i, &end);
		if (taken < 0)
			return -1;
		if (taken > 0) {
			const char *start = t->items[i].text.data;

			if (buffer_append(out, from, (size_t)(start - from)) != 0 ||
			    buffer_append(out, s->text.data, s->text.len) != 0)
				return -1;
			from = end < t->n ? t->items[end].text.data : sql.data + sql.len;
			if (buffer_append(out, "\n", 1) != 0)
				return -1;
			any = 1;
		}
		i = taken > 0 ? end : i + 1;
	}
	if (any && buffer_append(out, from, (size_t)(sql.data + sql.len - from)) != 0)
		return -1;
	return any;
}

int route_statement(const struct route *route, struct text sql, struct buffer *out)
{
	struct tokens tokens = {0};
	struct select s = {.route = route};
	int result = tokens_read(&tokens, sql.data, sql.len);

	buffer_clear(out);
	s.tokens = tokens.items;
	if (result == 0 && !hides_tables(route, &tokens))
		result = route_selects(&s, &tokens, sql, out);
	buffer_free(&s.measures);
	buffer_free(&s.text);
	tokens_free(&tokens);
	return result;
}
