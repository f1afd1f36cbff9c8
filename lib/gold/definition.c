#include "gold/definition.h"

#include <stdlib.h>

enum { OUTPUTS_MAX = 500, NAME_MAX_LEN = 64 };

struct binder {
	struct definition *definition;
	const struct sql_select *select;
	const struct columns *silver;
	struct predicates *predicates;
};

static struct expression *bind_expression(struct binder *b, const struct sql_node *node);

static int refuse(const struct binder *b, const struct sql_node *node, const char *why)
{
	return sql_refuse(b->select, node->at, node->text.data, "%s", why);
}

/* -1 when there is no such column. */
static int column_of(const struct binder *b, const struct sql_node *name)
{
	for (size_t i = 0; i < b->silver->n; i++) {
		if (sql_same_name(b->silver->items[i].name, name->text.data))
			return (int)i;
	}
	return -1;
}

/* --- GROUP BY --------------------------------------------------------------------------------------------
 */

/* An ordinal means an output, and so does a name that AS gave; a column's own name comes first. */
static const struct sql_node *resolve_dimension(const struct binder *b, const struct sql_node *node)
{
	const struct sql_select *s = b->select;
	unsigned long ordinal;

	if (node->kind == SQL_NUMBER) {
		ordinal = strtoul(node->text.data, NULL, 10);
		if (strspn(node->text.data, "0123456789") == node->text.len && ordinal >= 1 &&
		    ordinal <= s->n_outputs)
			return s->outputs[ordinal - 1].value;
		sql_refuse(s, node->at, node->text.data, "GROUP BY a number means an output column: 1 to %zu",
			   s->n_outputs);
		return NULL;
	}
	if (node->kind != SQL_NAME) {
		refuse(b, node, "GROUP BY takes columns of silver");
		return NULL;
	}
	for (size_t i = 0; column_of(b, node) < 0 && i < s->n_outputs; i++) {
		if (s->outputs[i].name != NULL &&
		    sql_same_name(s->outputs[i].name->text.data, node->text.data))
			return s->outputs[i].value;
	}
	return node;
}

static int bind_dimensions(struct binder *b)
{
	struct definition *d = b->definition;

	for (const struct sql_node *node = b->select->group_by; node != NULL; node = node->next) {
		const struct sql_node *name = resolve_dimension(b, node);
		int column;

		if (name == NULL)
			return -1;
		if (name->kind != SQL_NAME)
			return refuse(b, node, "GROUP BY takes columns of silver, not aggregates");
		column = column_of(b, name);
		if (column < 0)
			return refuse(b, node, "no such column in silver");
		for (size_t i = 0; i < d->n_dimensions; i++) {
			if (d->dimensions[i].column == (size_t)column)
				return refuse(b, node, "it is in GROUP BY already");
		}
		if (array_reserve(&d->dimensions, &d->dimensions_cap, d->n_dimensions + 1,
				  sizeof *d->dimensions))
			return -1;
		d->dimensions[d->n_dimensions++] =
		    (struct definition_dimension){(size_t)column, b->silver->items[column].type, SIZE_MAX};
	}
	return 0;
}

/* --- aggregates ------------------------------------------------------------------------------------------
 */

static int hint_at(const struct binder *b, const struct sql_node *call)
{
	static const struct {
		const char *name;
		const char *hint;
	} hints[] = {
	    {"avg", "write sum(x) / count(x)"},
	    {"mean", "write sum(x) / count(x)"},
	    {"approx_count_distinct", "write count(DISTINCT x), which is exact"},
	    {"count_if", "write count(*) FILTER (WHERE ...)"},
	    {"countif", "write count(*) FILTER (WHERE ...)"},
	    {"total", "write coalesce(sum(x), 0)"},
	    {"ifnull", "write coalesce(x, y)"},
	    {"date", "group by event_date"},
	    {"date_trunc", "group by event_date and event_hour"},
	    {"date_part", "group by event_date and event_hour"},
	    {"extract", "group by event_date and event_hour"},
	    {"hour", "group by event_hour"},
	    {"strftime", "group by event_date and event_hour"},
	    {"round", "round when you query the table"},
	};

	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
		if (sql_same_name(hints[i].name, call->text.data))
			return sql_refuse(b->select, call->at, call->text.data,
					  "not in a Gold definition: %s", hints[i].hint);
	}
	return refuse(
	    b, call,
	    "no such function in a Gold definition: it knows count, sum, min, max, nullif and coalesce");
}

static bool is_aggregate(const struct sql_node *call)
{
	static const char *const names[] = {"count", "sum", "min", "max"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (sql_same_name(names[i], call->text.data))
			return true;
	}
	return false;
}

/* Which state a call keeps, and of which column. */
static int bind_call(const struct binder *b, const struct sql_node *call, struct definition_measure *m)
{
	const bool is_count = sql_same_name("count", call->text.data);
	const bool is_sum = sql_same_name("sum", call->text.data);
	int column;

	m->kind = is_count ? STATE_COUNT : is_sum ? STATE_SUM : STATE_MIN;
	if (sql_same_name("max", call->text.data))
		m->kind = STATE_MAX;
	if (call->star && is_count)
		return 0;
	if (call->first == NULL || call->first->next != NULL || call->first->kind != SQL_NAME)
		return refuse(b, call,
			      is_count ? "it takes *, a column, or DISTINCT and a column"
				       : "it takes a column of silver");
	if (call->distinct && !is_count)
		return refuse(b, call, "DISTINCT goes with count only");
	column = column_of(b, call->first);
	if (column < 0)
		return refuse(b, call->first, "no such column in silver");
	m->column = (size_t)column;
	m->type = b->silver->items[column].type;
	if (call->distinct)
		m->kind = STATE_DISTINCT;
	if (is_sum && m->type == COLUMN_FLOAT64)
		return refuse(b, call->first,
			      "a float64 cannot be summed: the result would depend on the order of the rows; "
			      "make it a decimal");
	if (is_sum && m->type != COLUMN_INT64 && m->type != COLUMN_INT32 && m->type != COLUMN_DECIMAL)
		return sql_refuse(b->select, call->first->at, call->first->text.data, "a %s cannot be summed",
				  column_type_name(m->type));
	return 0;
}

static int bind_conditions(struct binder *b, const struct sql_node *call, struct definition_measure *m)
{
	uint32_t id;

	m->predicate = b->definition->where;
	if (call->filter != NULL) {
		if (predicates_bind(b->predicates, b->select, call->filter, &id) != 0 ||
		    predicates_and(b->predicates, m->predicate, id, &m->predicate) != 0)
			return -1;
	}
	if (call->star)
		return 0;
	if (predicates_not_null(b->predicates, m->column, &id) != 0)
		return -1;
	return predicates_and(b->predicates, m->predicate, id, &m->predicate);
}

static int add_measure(struct definition *d, const struct definition_measure *m, size_t *index)
{
	for (*index = 0; *index < d->n_measures; ++*index) {
		const struct definition_measure *other = &d->measures[*index];

		if (other->kind == m->kind && other->type == m->type && other->column == m->column &&
		    other->predicate == m->predicate)
			return 0;
	}
	if (array_reserve(&d->measures, &d->measures_cap, d->n_measures + 1, sizeof *d->measures) != 0)
		return -1;
	d->measures[d->n_measures++] = *m;
	return 0;
}

static enum value_kind type_of_column(enum column_type type)
{
	switch (type) {
	case COLUMN_STRING:
	case COLUMN_TIMESTAMP: return VALUE_TEXT;
	case COLUMN_DECIMAL:
	case COLUMN_FLOAT64: return VALUE_REAL;
	default: return VALUE_INTEGER;
	}
}

static int bind_aggregate(struct binder *b, const struct sql_node *call, struct expression *e)
{
	struct definition_measure m = {.type = COLUMN_INT64};

	if (bind_call(b, call, &m) != 0 || bind_conditions(b, call, &m) != 0)
		return -1;
	e->kind = EXPRESSION_MEASURE;
	e->type = m.kind == STATE_COUNT || m.kind == STATE_DISTINCT ? VALUE_INTEGER : type_of_column(m.type);
	if (m.kind == STATE_COUNT) {
		m.type = COLUMN_INT64;
		m.column = 0;
	}
	return add_measure(b->definition, &m, &e->index);
}

/* --- output columns --------------------------------------------------------------------------------------
 */

static int bind_operands(struct binder *b, const struct sql_node *node, struct expression *e)
{
	struct expression **tail = &e->first;

	for (const struct sql_node *o = node->first; o != NULL; o = o->next) {
		*tail = bind_expression(b, o);
		if (*tail == NULL)
			return -1;
		if ((*tail)->type == VALUE_TEXT)
			return refuse(b, o, "a text in an expression: numbers only");
		tail = &(*tail)->next;
	}
	return 0;
}

static int bind_function(struct binder *b, const struct sql_node *call, struct expression *e)
{
	size_t n = 0;

	if (call->filter != NULL || call->distinct || call->star)
		return refuse(b, call, "FILTER, DISTINCT and * go with aggregates");
	if (bind_operands(b, call, e) != 0)
		return -1;
	for (const struct expression *o = e->first; o != NULL; o = o->next, n++) {
		if (n == 0 || o->type == VALUE_REAL)
			e->type = o->type;
	}
	e->kind = EXPRESSION_COALESCE;
	if (sql_same_name("coalesce", call->text.data))
		return n > 0 ? 0 : refuse(b, call, "it takes at least one value");
	e->kind = EXPRESSION_NULLIF;
	if (n != 2)
		return refuse(b, call, "it takes two values");
	e->type = e->first->type;
	return 0;
}

static int bind_number(const struct binder *b, const struct sql_node *node, struct expression *e)
{
	int64_t value = 0;

	if (strspn(node->text.data, "0123456789") != node->text.len) {
		e->kind = EXPRESSION_REAL;
		e->type = VALUE_REAL;
		e->real = strtod(node->text.data, NULL);
		return 0;
	}
	for (size_t i = 0; i < node->text.len; i++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, node->text.data[i] - '0', &value))
			return refuse(b, node, "an integer of more than 64 bits");
	}
	e->kind = EXPRESSION_INTEGER;
	e->type = VALUE_INTEGER;
	e->integer = value;
	return 0;
}

static int bind_dimension(const struct binder *b, const struct sql_node *node, struct expression *e)
{
	const struct definition *d = b->definition;
	const int column = column_of(b, node);

	if (column < 0)
		return refuse(b, node, "no such column in silver");
	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (d->dimensions[i].column == (size_t)column) {
			e->kind = EXPRESSION_DIMENSION;
			e->type = type_of_column(d->dimensions[i].type);
			e->index = i;
			return 0;
		}
	}
	return refuse(b, node, "a column outside of an aggregate must be in GROUP BY");
}

static int bind_arithmetic(struct binder *b, const struct sql_node *node, struct expression *e)
{
	switch (node->kind) {
	case SQL_NEGATE: e->kind = EXPRESSION_NEGATE; break;
	case SQL_ADD: e->kind = EXPRESSION_ADD; break;
	case SQL_SUBTRACT: e->kind = EXPRESSION_SUBTRACT; break;
	case SQL_MULTIPLY: e->kind = EXPRESSION_MULTIPLY; break;
	default: e->kind = EXPRESSION_DIVIDE; break;
	}
	if (bind_operands(b, node, e) != 0)
		return -1;
	e->type = e->kind == EXPRESSION_DIVIDE ? VALUE_REAL : VALUE_INTEGER;
	for (const struct expression *o = e->first; o != NULL; o = o->next) {
		if (o->type == VALUE_REAL)
			e->type = VALUE_REAL;
	}
	return 0;
}

static int bind_node(struct binder *b, const struct sql_node *node, struct expression *e)
{
	switch (node->kind) {
	case SQL_NAME: return bind_dimension(b, node, e);
	case SQL_NUMBER: return bind_number(b, node, e);
	case SQL_NULL: e->type = VALUE_INTEGER; return 0;
	case SQL_CALL:
		if (is_aggregate(node))
			return bind_aggregate(b, node, e);
		if (sql_same_name("nullif", node->text.data) || sql_same_name("coalesce", node->text.data))
			return bind_function(b, node, e);
		return hint_at(b, node);
	case SQL_NEGATE:
	case SQL_ADD:
	case SQL_SUBTRACT:
	case SQL_MULTIPLY:
	case SQL_DIVIDE: return bind_arithmetic(b, node, e);
	case SQL_STRING: return refuse(b, node, "no text literals in output columns");
	default:
		return refuse(b, node, "no conditions in output columns: count them with FILTER (WHERE ...)");
	}
}

static struct expression *bind_expression(struct binder *b, const struct sql_node *node)
{
	struct expression *e = calloc(1, sizeof *e);

	if (e == NULL) {
		cause_memory();
		return NULL;
	}
	if (bind_node(b, node, e) == 0)
		return e;
	expression_free(e);
	return NULL;
}

static int bind_output(struct binder *b, const struct sql_output *output)
{
	struct definition *d = b->definition;
	const struct sql_node *name = output->name;
	struct definition_output *o = &d->outputs[d->n_outputs];

	if (name == NULL && output->value->kind == SQL_NAME)
		name = output->value;
	if (name == NULL || name->text.len == 0)
		return refuse(b, output->value, "the output column needs a name: AS name");
	if (name->text.len > NAME_MAX_LEN)
		return sql_refuse(b->select, name->at, name->text.data, "a name of more than %d bytes",
				  NAME_MAX_LEN);
	for (size_t i = 0; i < d->n_outputs; i++) {
		if (sql_same_name(d->outputs[i].name, name->text.data))
			return refuse(b, name, "two output columns of that name");
	}
	*o = (struct definition_output){.name = strdup(name->text.data)};
	d->n_outputs++;
	if (o->name == NULL)
		return cause_memory();
	o->value = bind_expression(b, output->value);
	if (o->value == NULL)
		return -1;
	if (o->value->kind == EXPRESSION_DIMENSION && d->dimensions[o->value->index].output == SIZE_MAX)
		d->dimensions[o->value->index].output = d->n_outputs - 1;
	return 0;
}

static int bind_outputs(struct binder *b)
{
	struct definition *d = b->definition;
	const struct sql_select *s = b->select;

	if (s->n_outputs > OUTPUTS_MAX)
		return sql_refuse(s, s->outputs[OUTPUTS_MAX].value->at, "SELECT", "more than %d columns",
				  OUTPUTS_MAX);
	if (array_reserve(&d->outputs, &d->outputs_cap, s->n_outputs, sizeof *d->outputs) != 0)
		return -1;
	for (size_t i = 0; i < s->n_outputs; i++) {
		if (bind_output(b, &s->outputs[i]) != 0)
			return -1;
	}
	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (d->dimensions[i].output == SIZE_MAX)
			return sql_refuse(s, s->outputs[0].value->at,
					  b->silver->items[d->dimensions[i].column].name,
					  "a column of GROUP BY must be an output column too: it says which "
					  "group a row is");
	}
	return 0;
}

static int check_name(const struct binder *b, const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	const struct sql_position start = {1, 1};

	if (name[strspn(name, letters)] != '\0' || strchr(letters + 53, name[0]) != NULL ||
	    strlen(name) > NAME_MAX_LEN)
		return sql_refuse(b->select, start, name,
				  "the file's name is the table's: letters, digits and _, "
				  "not starting with a digit, at most 64 of them");
	if (strncasecmp(name, "lake_", 5) == 0 || strncasecmp(name, "sqlite_", 7) == 0)
		return sql_refuse(b->select, start, name, "names that start with lake_ or sqlite_ are taken");
	if (strcasecmp(name, "bronze") == 0 || strcasecmp(name, "silver") == 0 ||
	    strcasecmp(name, "quarantine") == 0)
		return sql_refuse(b->select, start, name, "it is the name of a layer");
	return 0;
}

int definition_compile(struct definition *d, const char *name, const char *file, const char *text, size_t len,
		       const struct columns *silver, struct predicates *predicates)
{
	struct sql_select *s = sql_parse(text, len, file);
	struct binder b = {d, s, silver, predicates};
	int result = -1;

	*d = (struct definition){.where = PREDICATE_ALWAYS, .len = len};
	if (s == NULL)
		return -1;
	d->name = strdup(name);
	d->text = malloc(len + 1);
	if (d->name == NULL || d->text == NULL) {
		cause_memory();
		goto done;
	}
	memcpy(d->text, text, len);
	d->text[len] = '\0';
	if (check_name(&b, name) != 0)
		goto done;
	if (s->where != NULL && predicates_bind(predicates, s, s->where, &d->where) != 0)
		goto done;
	if (bind_dimensions(&b) == 0 && bind_outputs(&b) == 0)
		result = 0;
done:
	sql_free(s);
	if (result != 0)
		definition_free(d);
	return result;
}

void definition_free(struct definition *d)
{
	for (size_t i = 0; i < d->n_outputs; i++) {
		free(d->outputs[i].name);
		expression_free(d->outputs[i].value);
	}
	free(d->outputs);
	free(d->measures);
	free(d->dimensions);
	free(d->name);
	free(d->text);
	*d = (struct definition){0};
}

const char *definition_output_type(const struct definition *d, size_t output)
{
	switch (d->outputs[output].value->type) {
	case VALUE_REAL: return "REAL";
	case VALUE_TEXT: return "TEXT";
	default: return "INTEGER";
	}
}

size_t definition_row_cap(const struct definition *d)
{
	return d->n_outputs + d->n_dimensions + d->n_measures;
}

int definition_row(const struct definition *d, struct text key, const struct state *states, struct value *row)
{
	const uint8_t *at = (const uint8_t *)key.data;
	const uint8_t *end = at + key.len;
	struct value *dimensions = row + d->n_outputs, *measures = dimensions + d->n_dimensions;

	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (key_next(&at, end, d->dimensions[i].type, &dimensions[i]) != 0)
			return cause_record(STATUS_INPUT, "%s: a group's key is damaged", d->name);
	}
	for (size_t i = 0; i < d->n_measures; i++)
		measures[i] = state_value(&states[i]);
	for (size_t i = 0; i < d->n_outputs; i++) {
		if (expression_evaluate(d->outputs[i].value, dimensions, measures, &row[i]) != 0 ||
		    (row[i].kind == VALUE_INTEGER && row[i].integer != (int64_t)row[i].integer))
			return cause_record(STATUS_REFUSED, "%s.%s: an integer of more than 64 bits", d->name,
					    d->outputs[i].name);
	}
	return 0;
}
