#include "decode/schema.h"

#include "base/decimal.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "decode/clause.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum { SCHEMA_BYTES = 8 << 20 }; /* a schema is written by hand, or by evschema: infer.h */

enum json_type {
	TYPE_NULL = 1,
	TYPE_STRING = 2,
	TYPE_INTEGER = 4,
	TYPE_NUMBER = 8,
	TYPE_BOOLEAN = 16,
};

/* One name of a type: adds its bit to *types. */
static int add_type(struct compiler *c, const struct json_token *token, unsigned *types)
{
	static const char *const names[] = {"null", "string", "integer", "number", "boolean"};
	const char *name = clause_name(c, token);

	if (name == NULL)
		return -1;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(name, names[i]) == 0) {
			*types |= 1u << i;
			return 0;
		}
	}
	return clause_refuse(c, token->data, "type \"%s\" has no column", name);
}

static int read_types(struct compiler *c, const struct json_token *token, unsigned *types)
{
	struct json_token item;
	struct json_walk w;

	*types = 0;
	if (token->kind != JSON_ARRAY)
		return add_type(c, token, types);
	for (json_walk(&w, token); json_walk_element(&w, &item);) {
		if (add_type(c, &item, types) != 0)
			return -1;
	}
	return 0;
}

/* The column that a type is for, when x-column does not say; 0 for no type or several. */
static enum column_type natural_column(unsigned type, bool is_time)
{
	const bool is_number = type == TYPE_INTEGER || type == TYPE_NUMBER;

	if (is_time && (type == TYPE_STRING || is_number))
		return COLUMN_TIMESTAMP;
	switch (type) {
	case TYPE_STRING: return COLUMN_STRING;
	case TYPE_INTEGER: return COLUMN_INT64;
	case TYPE_NUMBER: return COLUMN_FLOAT64;
	case TYPE_BOOLEAN: return COLUMN_BOOL;
	default: return 0;
	}
}

static bool is_compatible(enum column_type column, unsigned type, bool is_epoch)
{
	switch (column) {
	case COLUMN_TIMESTAMP:
		return is_epoch ? type == TYPE_INTEGER || type == TYPE_NUMBER : type == TYPE_STRING;
	case COLUMN_STRING: return type == TYPE_STRING;
	case COLUMN_INT64:
	case COLUMN_INT32: return type == TYPE_INTEGER;
	case COLUMN_DECIMAL:
	case COLUMN_FLOAT64: return type == TYPE_INTEGER || type == TYPE_NUMBER;
	case COLUMN_BOOL: return type == TYPE_BOOLEAN;
	default: return false;
	}
}

/* The keyword's name for how a value is written: one of n, or an error. */
static int read_format(struct compiler *c, const struct json_token *token, const char *keyword,
		       const char *const *names, int n, int *found)
{
	const char *name = clause_name(c, token);

	if (name == NULL)
		return -1;
	for (*found = 0; *found < n; ++*found) {
		if (strcmp(name, names[*found]) == 0)
			return 0;
	}
	return clause_refuse(c, token->data, "%s \"%s\" is not supported", keyword, name);
}

/* How values are written: format, x-format, x-lenient. */
static int read_formats(struct compiler *c, const struct clause *p, struct schema_field *f)
{
	static const char *const formats[] = {"date-time"};
	static const char *const units[] = {"epoch-s", "epoch-ms", "epoch-us"};
	const struct json_token *format = &p->at[K_FORMAT], *unit = &p->at[K_UNIT],
				*lenient = &p->at[K_LENIENT];
	int found;

	if (format->kind != JSON_NONE && read_format(c, format, "format", formats, 1, &found) != 0)
		return -1;
	if (unit->kind != JSON_NONE) {
		if (read_format(c, unit, "x-format", units, 3, &found) != 0)
			return -1;
		if (format->kind != JSON_NONE)
			return clause_refuse(c, unit->data,
					     "x-format is for numbers, and \"format\" for strings");
		f->is_epoch = true;
		f->scale = 6 - 3 * (unsigned)found;
	}
	if (lenient->kind != JSON_NONE && lenient->kind != JSON_TRUE && lenient->kind != JSON_FALSE)
		return clause_refuse(c, lenient->data, "true or false should stand here");
	f->is_lenient = lenient->kind == JSON_TRUE;
	return 0;
}

/* The type beside null. A number that may stand in a string can have both types. */
static int read_type(struct compiler *c, const char *at, const struct clause *p, struct schema_field *f,
		     unsigned *type)
{
	const struct json_token *token = &p->at[K_TYPE];

	if (token->kind == JSON_NONE)
		return clause_refuse(c, at, "a property needs a \"type\"");
	if (read_types(c, token, type) != 0)
		return -1;
	f->null_allowed = (*type & TYPE_NULL) != 0;
	*type &= ~(unsigned)TYPE_NULL;
	if (f->is_lenient && (*type & ~(unsigned)TYPE_STRING) != 0)
		*type &= ~(unsigned)TYPE_STRING;
	if (*type == 0 || (*type & (*type - 1)) != 0)
		return clause_refuse(c, token->data,
				     (*type & ~(unsigned)TYPE_STRING) == TYPE_INTEGER ||
					     (*type & ~(unsigned)TYPE_STRING) == TYPE_NUMBER
					 ? "a number that may stand in a string needs \"x-lenient\": true"
					 : "a column has one type, and \"null\" beside it or not");
	f->is_whole = *type == TYPE_INTEGER;
	if (f->is_lenient && *type != TYPE_INTEGER && *type != TYPE_NUMBER)
		return clause_refuse(c, p->at[K_LENIENT].data, "x-lenient is for numbers");
	if (f->is_epoch && *type != TYPE_INTEGER && *type != TYPE_NUMBER)
		return clause_refuse(c, p->at[K_UNIT].data, "x-format is for numbers");
	return 0;
}

/* The column type that type, the formats and x-column agree on. at is the property, for messages. */
static int read_column_type(struct compiler *c, const char *at, const struct clause *p,
			    struct schema_field *f, enum column_type *column)
{
	const bool date_time = p->at[K_FORMAT].kind != JSON_NONE;
	const char *name;
	unsigned type = 0;

	if (read_formats(c, p, f) != 0 || read_type(c, at, p, f, &type) != 0)
		return -1;
	if (date_time && type != TYPE_STRING)
		return clause_refuse(c, p->at[K_FORMAT].data, "format \"date-time\" is for strings");
	*column = natural_column(type, date_time || f->is_epoch);
	if (p->at[K_COLUMN].kind != JSON_NONE) {
		name = clause_name(c, &p->at[K_COLUMN]);
		if (name == NULL)
			return -1;
		*column = column_type_parse(name);
		if (*column == 0)
			return clause_refuse(c, p->at[K_COLUMN].data, "there is no column type \"%s\"", name);
	}
	if ((date_time || f->is_epoch) && *column != COLUMN_TIMESTAMP)
		return clause_refuse(c, p->at[K_COLUMN].data, "a time makes no column of type %s",
				     column_type_name(*column));
	if (!is_compatible(*column, type, f->is_epoch))
		return clause_refuse(c, at, "a column of type %s does not hold what \"type\" allows%s",
				     column_type_name(*column),
				     *column == COLUMN_TIMESTAMP ? "; for a number, x-format says its unit"
								 : "");
	if (!f->is_epoch)
		f->scale = *column == COLUMN_DECIMAL ? DECIMAL_SCALE : 0;
	return 0;
}

/* A bound in the units of its column. */
struct bound {
	bool given;
	bool exclusive;
	int64_t value;
	double value_float;
};

static int read_bound(struct compiler *c, const struct schema_field *f, const struct json_token *token,
		      struct bound *bound)
{
	const enum column_type type = f->column->type;
	const bool is_float = type == COLUMN_FLOAT64;

	bound->given = token->kind != JSON_NONE;
	if (!bound->given)
		return 0;
	if (type != COLUMN_INT64 && type != COLUMN_INT32 && type != COLUMN_DECIMAL && !is_float &&
	    !f->is_epoch)
		return clause_refuse(c, token->data, "a bound says nothing about a column of type %s",
				     column_type_name(type));
	if (token->kind != JSON_NUMBER)
		return clause_refuse(c, token->data, "a bound is a number");
	if (is_float) {
		bound->value_float = strtod(token->data, NULL);
		return isfinite(bound->value_float)
			   ? 0
			   : clause_refuse(c, token->data, "this bound is too large");
	}
	switch (decimal_parse(token->data, token->len, f->scale, &bound->value)) {
	case DECIMAL_EXACT: return 0;
	case DECIMAL_RANGE: return clause_refuse(c, token->data, "this bound is too large");
	default:
		return clause_refuse(c, token->data, "this bound has more places than a column of type %s",
				     column_type_name(type));
	}
}

/* The stricter one of an inclusive and an exclusive bound; sign is 1 for lower bounds, -1 for upper ones. */
static struct bound stricter(struct bound inclusive, struct bound exclusive, int sign)
{
	exclusive.exclusive = true;
	if (!exclusive.given)
		return inclusive;
	if (!inclusive.given)
		return exclusive;
	if (sign > 0)
		return inclusive.value > exclusive.value || inclusive.value_float > exclusive.value_float
			   ? inclusive
			   : exclusive;
	return inclusive.value < exclusive.value || inclusive.value_float < exclusive.value_float ? inclusive
												  : exclusive;
}

static int read_bounds(struct compiler *c, const struct clause *p, struct schema_field *f)
{
	struct bound minimum = {0}, maximum = {0}, above = {0}, below = {0};

	if (read_bound(c, f, &p->at[K_MINIMUM], &minimum) != 0 ||
	    read_bound(c, f, &p->at[K_MAXIMUM], &maximum) != 0 ||
	    read_bound(c, f, &p->at[K_EXCLUSIVE_MINIMUM], &above) != 0 ||
	    read_bound(c, f, &p->at[K_EXCLUSIVE_MAXIMUM], &below) != 0)
		return -1;
	minimum = stricter(minimum, above, 1);
	maximum = stricter(maximum, below, -1);
	f->has_minimum = minimum.given;
	f->exclusive_minimum = minimum.exclusive;
	f->minimum = minimum.value;
	f->minimum_float = minimum.value_float;
	f->has_maximum = maximum.given;
	f->exclusive_maximum = maximum.exclusive;
	f->maximum = maximum.value;
	f->maximum_float = maximum.value_float;
	return 0;
}

static int read_length(struct compiler *c, const struct schema_field *f, const struct json_token *token,
		       uint64_t *length)
{
	int64_t value;

	if (token->kind == JSON_NONE)
		return 0;
	if (f->column->type != COLUMN_STRING)
		return clause_refuse(c, token->data, "a length says nothing about a column of type %s",
				     column_type_name(f->column->type));
	if (token->kind != JSON_NUMBER ||
	    decimal_parse(token->data, token->len, 0, &value) != DECIMAL_EXACT || value < 0)
		return clause_refuse(c, token->data, "a length is a whole number from 0 up");
	*length = (uint64_t)value;
	return 0;
}

/* enum and x-known. A null among the values says what null_allowed says. */
static int read_values(struct compiler *c, const struct schema_field *f, const struct json_token *token,
		       struct dictionary *values, bool *given)
{
	struct json_token item;
	struct json_walk w;
	uint32_t code;

	*given = token->kind != JSON_NONE;
	if (!*given)
		return 0;
	if (f->column->type != COLUMN_STRING)
		return clause_refuse(c, token->data, "values can only be listed for columns of type string");
	if (token->kind != JSON_ARRAY)
		return clause_refuse(c, token->data, "an array should stand here");
	for (json_walk(&w, token); json_walk_element(&w, &item);) {
		const uint32_t n = values->strings.n;
		const char *value;

		if (item.kind == JSON_NULL && f->null_allowed)
			continue;
		value = clause_name(c, &item);
		if (value == NULL || dictionary_code(values, value, strlen(value), &code) != 0)
			return -1;
		if (code != n)
			return clause_refuse(c, item.data, "\"%s\" stands here twice", value);
	}
	return values->strings.n > 0 ? 0 : clause_refuse(c, token->data, "this list has no values");
}

/* SQL does not tell names apart by case, and ours are in every table of Silver. */
static int check_name(struct compiler *c, const struct json_token *key, const char *name)
{
	static const char *const ours[] = {"event_date", "event_hour", "revenue", "source", "line"};
	const struct columns *columns = &c->schema->columns;

	if (*name == '\0')
		return clause_refuse(c, key->data, "a property needs a name");
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		if (strcasecmp(name, ours[i]) == 0)
			return clause_refuse(
			    c, key->data,
			    "Silver has a column %s of its own: give the property another name, "
			    "and \"x-from\": \"%s\"",
			    ours[i], name);
	}
	for (size_t i = 0; i < columns->n; i++) {
		if (strcmp(name, columns->items[i].name) == 0)
			return clause_refuse(c, key->data, "property \"%s\" stands here twice", name);
		if (strcasecmp(name, columns->items[i].name) == 0)
			return clause_refuse(
			    c, key->data,
			    "property \"%s\" differs from \"%s\" in nothing but case: give one "
			    "another name, and x-from",
			    name, columns->items[i].name);
	}
	return 0;
}

/* Where its value stands: under its name, or where x-from says. */
static int read_from(struct compiler *c, const struct json_token *key, const char *name,
		     const struct json_token *from)
{
	struct schema *s = c->schema;
	const bool is_path = from->kind != JSON_NONE;
	const char *path = is_path ? clause_name(c, from) : name, *at = is_path ? from->data : key->data;
	struct shape_refusal refusal;
	int added;

	if (path == NULL)
		return -1;
	added = is_path ? shape_add_path(&s->shape, path, (int)s->n, &refusal)
			: shape_add_key(&s->shape, path, (int)s->n, &refusal);
	if (added == 0 && refusal.other < 0)
		return clause_refuse(c, at, "%s", refusal.reason);
	if (added == 0)
		return clause_refuse(c, at, "%s \"%s\"", refusal.reason,
				     s->columns.items[refusal.other].name);
	return added < 0 ? -1 : 0;
}

static int read_property(struct compiler *c, const struct json_token *key, const struct json_token *value)
{
	struct schema *s = c->schema;
	struct schema_field f = {.max_length = UINT64_MAX};
	const char *name = clause_name(c, key);
	enum column_type type = 0;
	struct clause p;
	struct schema_field *kept;

	if (name == NULL || clause_read(c, value, CLAUSE_PROPERTY, &p) != 0 || check_name(c, key, name) != 0)
		return -1;
	if (read_column_type(c, value->data, &p, &f, &type) != 0 ||
	    read_from(c, key, name, &p.at[K_FROM]) != 0 || columns_add(&s->columns, name, type, true) != 0)
		return -1;
	/* The fields point into the columns once both have stopped growing. */
	f.column = &s->columns.items[s->n];
	kept = realloc(s->fields, (s->n + 1) * sizeof *s->fields);
	if (kept == NULL)
		return cause_memory();
	s->fields = kept;
	kept = &s->fields[s->n++];
	*kept = f;
	if (read_bounds(c, &p, kept) != 0 ||
	    read_length(c, kept, &p.at[K_MIN_LENGTH], &kept->min_length) != 0 ||
	    read_length(c, kept, &p.at[K_MAX_LENGTH], &kept->max_length) != 0 ||
	    read_values(c, kept, &p.at[K_ENUM], &kept->allowed, &kept->has_allowed) != 0 ||
	    read_values(c, kept, &p.at[K_KNOWN], &kept->known, &kept->has_known) != 0)
		return -1;
	return 0;
}

static int read_required(struct compiler *c, const struct json_token *token)
{
	struct json_token item;
	struct json_walk w;

	if (token->kind == JSON_NONE)
		return 0;
	if (token->kind != JSON_ARRAY)
		return clause_refuse(c, token->data, "an array should stand here");
	for (json_walk(&w, token); json_walk_element(&w, &item);) {
		const char *name = clause_name(c, &item);
		int i;

		if (name == NULL)
			return -1;
		i = columns_find(&c->schema->columns, name);
		if (i < 0)
			return clause_refuse(c, item.data, "\"%s\" is required, but no property", name);
		if (c->schema->fields[i].required)
			return clause_refuse(c, item.data, "\"%s\" stands here twice", name);
		c->schema->fields[i].required = true;
		c->schema->columns.items[i].nullable = false;
	}
	return 0;
}

static int find_typed(const struct schema *s, const char *name, enum column_type type, enum column_type other)
{
	int i = columns_find(&s->columns, name);

	return i >= 0 && (s->columns.items[i].type == type || s->columns.items[i].type == other) ? i : -1;
}

/* Where everything is there that a revenue takes, one of another type would make it null for ever. */
static int check_revenue(struct compiler *c, const struct json_token *properties)
{
	const struct schema *s = c->schema;
	const struct {
		const char *name;
		int typed;
		const char *type;
	} takes[] = {
	    {"event_type", s->event_type, "a string"},
	    {"quantity", s->quantity, "an integer"},
	    {"price", s->price, "a number with \"x-column\": \"decimal\""},
	};
	struct json_token key, value;
	struct json_walk w;

	for (size_t i = 0; i < 3; i++)
		if (columns_find(&s->columns, takes[i].name) < 0)
			return 0;
	for (size_t i = 0; i < 3; i++) {
		if (takes[i].typed >= 0)
			continue;
		json_walk(&w, properties);
		for (int at = columns_find(&s->columns, takes[i].name); at >= 0; at--)
			if (!json_walk_member(&w, &key, &value))
				return -1;
		return clause_refuse(c, value.data, "%s is %s, for revenue is made of it", takes[i].name,
				     takes[i].type);
	}
	return 0;
}

static int read_event(struct compiler *c, const struct json_token *root)
{
	struct schema *s = c->schema;
	struct json_token key, value;
	struct clause event;
	struct json_walk w;
	const char *type;

	if (clause_read(c, root, CLAUSE_EVENT, &event) != 0)
		return -1;
	if (event.at[K_TYPE].kind == JSON_NONE || event.at[K_PROPERTIES].kind == JSON_NONE)
		return clause_refuse(c, root->data, "an event needs \"type\": \"object\" and \"properties\"");
	type = clause_name(c, &event.at[K_TYPE]);
	if (type == NULL)
		return -1;
	if (strcmp(type, "object") != 0)
		return clause_refuse(c, event.at[K_TYPE].data, "an event is of type \"object\"");
	if (event.at[K_PROPERTIES].kind != JSON_OBJECT)
		return clause_refuse(c, event.at[K_PROPERTIES].data, "an object should stand here");
	for (json_walk(&w, &event.at[K_PROPERTIES]); json_walk_member(&w, &key, &value);) {
		if (read_property(c, &key, &value) != 0)
			return -1;
	}
	if (s->n == 0)
		return clause_refuse(c, event.at[K_PROPERTIES].data, "an event needs at least one property");
	for (size_t i = 0; i < s->n; i++)
		s->fields[i].column = &s->columns.items[i];
	s->event_type = find_typed(s, "event_type", COLUMN_STRING, COLUMN_STRING);
	s->quantity = find_typed(s, "quantity", COLUMN_INT32, COLUMN_INT64);
	s->price = find_typed(s, "price", COLUMN_DECIMAL, COLUMN_DECIMAL);
	s->timestamp = find_typed(s, "timestamp", COLUMN_TIMESTAMP, COLUMN_TIMESTAMP);
	return check_revenue(c, &event.at[K_PROPERTIES]) == 0 ? read_required(c, &event.at[K_REQUIRED]) : -1;
}

/* text has JSON_SLACK zeros behind it. */
static int read_text(struct compiler *c, size_t len)
{
	const char *end = c->text + len, *bad, *p;
	struct json_token root;

	bad = c->text + utf8_check(c->text, len);
	if (bad < end)
		return clause_refuse(c, bad, "this is not UTF-8");
	p = json_value(json_space(c->text, end), end, &root, &bad);
	if (p == NULL)
		return clause_refuse(c, bad, "this is not JSON");
	p = json_space(p, end);
	if (p < end)
		return clause_refuse(c, p, "more than one JSON value");
	c->root = root;
	return read_event(c, &root);
}

struct schema *schema_compile(const char *text, size_t len, const char *name)
{
	struct compiler c = {.name = name};
	struct schema *s = calloc(1, sizeof *s);
	char *copy = calloc(1, len + JSON_SLACK);
	int result = -1;

	c.schema = s;
	c.text = copy;
	c.names = malloc(len + 1);
	if (s == NULL || copy == NULL || c.names == NULL) {
		cause_memory();
		goto out;
	}
	memcpy(copy, text, len);
	result = read_text(&c, len);
out:
	free(c.names);
	free(copy);
	if (result == 0)
		return s;
	schema_free(s);
	return NULL;
}

int schema_read_text(const char *path, struct buffer *text)
{
	return fd_read_text(path, SCHEMA_BYTES, text);
}

struct schema *schema_read(const char *path)
{
	struct schema *s = NULL;
	struct buffer text = {0};

	if (schema_read_text(path, &text) == 0)
		s = schema_compile((const char *)text.data, text.len, path);
	buffer_free(&text);
	return s;
}

void schema_free(struct schema *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		dictionary_free(&s->fields[i].allowed);
		dictionary_free(&s->fields[i].known);
	}
	free(s->fields);
	columns_free(&s->columns);
	shape_free(&s->shape);
	free(s);
}
