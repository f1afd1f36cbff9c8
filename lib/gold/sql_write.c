#include "gold/sql_write.h"

#include <stdlib.h>
#include <strings.h>

struct writer {
	const struct sql_select *select;
	const struct columns *silver;
	const struct sql_dialect *dialect;
	struct buffer *out;
};

static int write_quoted(struct text text, char quote, bool backslashes, struct buffer *out)
{
	int failed = buffer_append(out, &quote, 1);

	for (size_t i = 0; i < text.len && failed == 0; i++) {
		const char c = text.data[i];

		if (c == quote || (backslashes && c == '\\'))
			failed = buffer_append(out, c == quote && !backslashes ? &quote : "\\", 1);
		if (failed == 0)
			failed = buffer_append(out, &c, 1);
	}
	return failed != 0 ? -1 : buffer_append(out, &quote, 1);
}

int sql_write_name(struct text name, char quote, struct buffer *out)
{
	return write_quoted(name, quote, false, out);
}

int sql_write_text(struct text text, bool backslashes, struct buffer *out)
{
	return write_quoted(text, '\'', backslashes, out);
}

static int put(struct writer *w, const char *text)
{
	return buffer_append_text(w->out, text);
}

/* Silver's own spelling of a column, for engines that tell cases apart. */
static struct text name_of(const struct writer *w, const struct sql_node *name)
{
	for (size_t i = 0; i < w->silver->n; i++) {
		if (sql_same_name(w->silver->items[i].name, name->text.data))
			return text_of(w->silver->items[i].name);
	}
	return name->text;
}

static bool is_decimal(const struct writer *w, const struct sql_node *node)
{
	const struct text name = node->kind == SQL_NAME ? name_of(w, node) : (struct text){0};

	for (size_t i = 0; name.len > 0 && i < w->silver->n; i++) {
		if (text_equal(text_of(w->silver->items[i].name), name))
			return w->silver->items[i].type == COLUMN_DECIMAL;
	}
	return false;
}

static int write_node(struct writer *w, const struct sql_node *node);

static int write_list(struct writer *w, const struct sql_node *first, const char *between)
{
	for (const struct sql_node *node = first; node != NULL; node = node->next) {
		if ((node != first && put(w, between) != 0) || write_node(w, node) != 0)
			return -1;
	}
	return 0;
}

static int write_call(struct writer *w, const struct sql_node *call)
{
	const bool is_cast =
	    call->first != NULL && is_decimal(w, call->first) && strcasecmp(call->text.data, "count") != 0;

	if ((is_cast && put(w, "CAST(") != 0) || put(w, call->text.data) != 0 || put(w, "(") != 0 ||
	    put(w, call->star       ? "*"
		   : call->distinct ? "DISTINCT "
				    : "") != 0 ||
	    write_list(w, call->first, ", ") != 0 || put(w, ")") != 0)
		return -1;
	if (call->filter != NULL &&
	    (put(w, " FILTER (WHERE ") != 0 || write_node(w, call->filter) != 0 || put(w, ")") != 0))
		return -1;
	if (!is_cast)
		return 0;
	return put(w, " AS ") != 0 || put(w, w->dialect->to_double) != 0 ? -1 : put(w, ")");
}

static int write_quotient(struct writer *w, const struct sql_node *node)
{
	if (put(w, "(CAST(") != 0 || write_node(w, node->first) != 0 || put(w, " AS ") != 0 ||
	    put(w, w->dialect->to_double) != 0 || put(w, ") / ") != 0 ||
	    write_node(w, node->first->next) != 0)
		return -1;
	return put(w, ")");
}

static int write_in(struct writer *w, const struct sql_node *node)
{
	if (put(w, "(") != 0 || write_node(w, node->first) != 0 ||
	    put(w, node->negated ? " NOT IN (" : " IN (") != 0 || write_list(w, node->first->next, ", ") != 0)
		return -1;
	return put(w, "))");
}

/* All operators with the brackets that no engine needs to be told about. */
static int write_operator(struct writer *w, const struct sql_node *node, const char *between)
{
	return put(w, "(") != 0 || write_list(w, node->first, between) != 0 ? -1 : put(w, ")");
}

static int write_node(struct writer *w, const struct sql_node *node)
{
	switch (node->kind) {
	case SQL_NAME: return sql_write_name(name_of(w, node), w->dialect->quote, w->out);
	case SQL_NUMBER: return put(w, node->text.data);
	case SQL_STRING: return sql_write_text(node->text, w->dialect->backslashes, w->out);
	case SQL_NULL: return put(w, "NULL");
	case SQL_TRUE: return put(w, "TRUE");
	case SQL_FALSE: return put(w, "FALSE");
	case SQL_CALL: return write_call(w, node);
	case SQL_NEGATE: return put(w, "-") != 0 ? -1 : write_operator(w, node, "");
	case SQL_ADD: return write_operator(w, node, " + ");
	case SQL_SUBTRACT: return write_operator(w, node, " - ");
	case SQL_MULTIPLY: return write_operator(w, node, " * ");
	case SQL_DIVIDE: return write_quotient(w, node);
	case SQL_EQUAL: return write_operator(w, node, " = ");
	case SQL_NOT_EQUAL: return write_operator(w, node, " <> ");
	case SQL_LESS: return write_operator(w, node, " < ");
	case SQL_LESS_EQUAL: return write_operator(w, node, " <= ");
	case SQL_GREATER: return write_operator(w, node, " > ");
	case SQL_GREATER_EQUAL: return write_operator(w, node, " >= ");
	case SQL_IN: return write_in(w, node);
	case SQL_IS_NULL:
		return write_operator(w, node, "") != 0 ? -1
							: put(w, node->negated ? " IS NOT NULL" : " IS NULL");
	case SQL_NOT: return put(w, "NOT ") != 0 ? -1 : write_operator(w, node, "");
	case SQL_AND: return write_operator(w, node, " AND ");
	case SQL_OR: return write_operator(w, node, " OR ");
	}
	return -1;
}

/* What a column of GROUP BY means: definition.c has refused all else. */
static const struct sql_node *resolve(const struct writer *w, const struct sql_node *node)
{
	const struct sql_select *s = w->select;

	if (node->kind == SQL_NUMBER)
		return s->outputs[strtoul(node->text.data, NULL, 10) - 1].value;
	if (columns_find(w->silver, name_of(w, node).data) >= 0)
		return node;
	for (size_t i = 0; i < s->n_outputs; i++) {
		if (s->outputs[i].name != NULL &&
		    sql_same_name(s->outputs[i].name->text.data, node->text.data))
			return s->outputs[i].value;
	}
	return node;
}

int sql_write(const struct sql_select *s, const struct columns *silver, const struct sql_dialect *dialect,
	      struct buffer *out)
{
	struct writer w = {s, silver, dialect, out};

	if (put(&w, "SELECT") != 0)
		return -1;
	for (size_t i = 0; i < s->n_outputs; i++) {
		const struct sql_output *o = &s->outputs[i];

		if (put(&w, i == 0 ? "\n  " : ",\n  ") != 0 || write_node(&w, o->value) != 0 ||
		    (o->name != NULL &&
		     (put(&w, " AS ") != 0 || sql_write_name(o->name->text, dialect->quote, out) != 0)))
			return -1;
	}
	if (put(&w, "\nFROM silver") != 0 ||
	    (s->where != NULL && (put(&w, "\nWHERE ") != 0 || write_node(&w, s->where) != 0)))
		return -1;
	for (const struct sql_node *node = s->group_by; node != NULL; node = node->next) {
		if (put(&w, node == s->group_by ? "\nGROUP BY " : ", ") != 0 ||
		    write_node(&w, resolve(&w, node)) != 0)
			return -1;
	}
	return 0;
}
