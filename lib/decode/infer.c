#include "decode/infer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One in so many may be rejected, since a run that rejects more is refused anyway; of times, one in so many.
 */
enum { TOLERATED = 10, TOLERATED_TIMES = 100 };

static const struct survey_value *value_of(const struct infer *f, size_t i)
{
	return &f->survey->fields[i].value;
}

/* --- what a value is -------------------------------------------------------------------------------------
 */

/* Whether the key ends like the name of a time. */
static bool sounds_like_time(struct text key)
{
	static const char *const ends[] = {"time",  "timestamp", "date",   "ts",  "_at", "At",
					   "epoch", "stamp",     "millis", "_ms", "_us"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const size_t len = strlen(ends[i]);

		if (key.len >= len &&
		    (ends[i][0] == 'A' ? strncmp : strncasecmp)(key.data + key.len - len, ends[i], len) == 0)
			return true;
	}
	return false;
}

/* The unit in which numbers from low to high lie between 2000 and 2100, or NULL. */
static const char *find_unit(double low, double high)
{
	static const char *const units[] = {"epoch-s", "epoch-ms", "epoch-us"};
	double one = 1;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++, one *= 1000) {
		if (low >= 946684800 * one && high < 4102444800 * one)
			return units[i];
	}
	return NULL;
}

/* A column that a value could become, and how many values it takes. */
struct candidate {
	enum column_type type;
	const char *json_type;
	uint64_t taken;
};

static bool are_small(const struct survey_numbers *n)
{
	return n->n == 0 || (n->low_value >= INT32_MIN / 1000 && n->high_value <= INT32_MAX / 1000);
}

/* The one that takes most; of those that take as many the first. */
static void choose(struct infer_field *to, const struct survey_value *v, struct text key)
{
	const struct survey_numbers *numbers = &v->numbers, *numerals = &v->numerals;
	const bool fractions = v->rows[SURVEY_NUMBER] > 0 || numerals->n_whole < numerals->n;
	const bool lenient = v->n_numerals > 0 && (numbers->n > 0 || fractions);
	const bool small = are_small(numbers) && (!lenient || are_small(numerals));
	const char *unit = numbers->n > 0 && sounds_like_time(key)
			       ? find_unit(numbers->low_value, numbers->high_value)
			       : NULL;
	const uint64_t nothing = lenient ? v->n_empty : 0; /* a text without a number is as good as null */
	const struct candidate candidates[] = {
	    {COLUMN_TIMESTAMP, "string", v->n_times},
	    {COLUMN_TIMESTAMP, v->rows[SURVEY_NUMBER] > 0 ? "number" : "integer",
	     unit != NULL ? numbers->n : 0},
	    {COLUMN_BOOL, "boolean", v->rows[SURVEY_BOOLEAN]},
	    {small ? COLUMN_INT32 : COLUMN_INT64, "integer",
	     fractions ? 0 : numbers->n_whole + (lenient ? numerals->n_whole : 0) + nothing},
	    {COLUMN_DECIMAL, "number", numbers->n_decimal + (lenient ? numerals->n_decimal : 0) + nothing},
	    {COLUMN_FLOAT64, "number", numbers->n_finite + (lenient ? numerals->n_finite : 0) + nothing},
	    {COLUMN_STRING, "string", v->rows[SURVEY_STRING] - v->n_bad},
	};
	const size_t n = sizeof candidates / sizeof *candidates;
	size_t best = n - 1;

	for (size_t i = n; i-- > 0;)
		best = candidates[i].taken >= candidates[best].taken && candidates[i].taken > 0 ? i : best;
	if (best == n - 1 && v->n_times > 0 &&
	    (v->rows[SURVEY_STRING] - v->n_empty - v->n_times) * TOLERATED_TIMES <= v->rows[SURVEY_STRING])
		best = 0;
	to->fate = INFER_COLUMN;
	to->type = candidates[best].type;
	to->json_type = candidates[best].json_type;
	to->unit = best == 1 ? unit : NULL;
	to->is_lenient = lenient && (to->type == COLUMN_INT32 || to->type == COLUMN_INT64 ||
				     to->type == COLUMN_DECIMAL || to->type == COLUMN_FLOAT64);
	to->rejects = survey_value_rows(v) - candidates[best].taken;
}

/* Silver computes the revenue from columns of these types. */
static void suit_revenue(struct infer_field *to, const struct survey_value *v, struct text key)
{
	const bool is_whole = to->type == COLUMN_INT32 || to->type == COLUMN_INT64;
	static const struct text price = {"price", 5}, quantity = {"quantity", 8};

	if (text_equal(key, price) && is_whole && v->numbers.n_decimal == v->numbers.n) {
		to->type = COLUMN_DECIMAL;
		to->json_type = "number";
	}
	if (text_equal(key, quantity) && is_whole && v->numbers.low_value >= INT32_MIN &&
	    v->numbers.high_value <= INT32_MAX)
		to->type = COLUMN_INT32;
}

static bool has_children(const struct infer *f, uint32_t object)
{
	for (size_t i = object + 1; i < f->survey->n; i++) {
		const struct survey_value *v = value_of(f, i);

		if (f->survey->fields[i].object == object && survey_value_rows(v) + v->rows[SURVEY_NULL] > 0)
			return true;
	}
	return false;
}

static void leave_out(struct infer_field *to, const char *why)
{
	to->fate = INFER_LEFT_OUT;
	to->why = why;
}

static void decide(struct infer *f, uint32_t i)
{
	const struct survey_field *field = &f->survey->fields[i];
	const struct survey_value *v = &field->value;
	const uint64_t rows = survey_value_rows(v), objects = v->rows[SURVEY_OBJECT];
	const struct text key = survey_key(f->survey, i);
	struct infer_field *to = &f->fields[i];

	if (rows + v->rows[SURVEY_NULL] == 0 ||
	    (field->object != SURVEY_TOP && f->fields[field->object].fate != INFER_WAY))
		return;
	choose(to, v, key);
	suit_revenue(to, v, key);
	if (key.len == 0) {
		leave_out(to, "no path leads to a key without a name");
	} else if (objects > 0 && (rows - objects) * TOLERATED <= rows && has_children(f, i)) {
		to->fate = INFER_WAY;
		to->rejects = rows - objects;
	} else if (to->rejects * TOLERATED > rows) {
		leave_out(to, v->rows[SURVEY_ARRAY] == rows ? "lists have no column"
			      : objects == rows ? "objects without keys, or too deep, have no column"
						: "no column takes nine in ten of its values");
	}
	to->is_required = to->fate == INFER_COLUMN && to->type != 0 && survey_missing(f->survey, i) == 0 &&
			  v->rows[SURVEY_NULL] == 0 && v->n_empty == 0 && rows > 0;
}

/* Objects that lead to no column are left out as a whole, and with them what they lead to. */
static int leave_out_ways(struct infer *f)
{
	const size_t n = f->survey->n;
	bool *leads = calloc(n + 1, sizeof *leads);

	if (leads == NULL)
		return cause_memory();
	/* What stands in an object comes behind it. */
	for (size_t i = n; i-- > 0;) {
		const uint32_t object = f->survey->fields[i].object;

		if (f->fields[i].fate == INFER_WAY && !leads[i])
			leave_out(&f->fields[i], "nothing in it has a column");
		if (object != SURVEY_TOP && (f->fields[i].fate == INFER_COLUMN || leads[i]))
			leads[object] = true;
	}
	for (size_t i = 0; i < n; i++) {
		const uint32_t object = f->survey->fields[i].object;

		if (object != SURVEY_TOP && f->fields[object].fate != INFER_WAY)
			f->fields[i].fate = INFER_NOTHING;
	}
	free(leads);
	return 0;
}

/* --- names -----------------------------------------------------------------------------------------------
 */

static bool is_name_byte(unsigned char c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

/* The keys that lead to it, joined by _, in letters that SQL takes. */
static int write_name(const struct survey *s, uint32_t field, struct buffer *name)
{
	const struct text key = survey_key(s, field);

	if (s->fields[field].object != SURVEY_TOP &&
	    (write_name(s, s->fields[field].object, name) != 0 || buffer_append(name, "_", 1) != 0))
		return -1;
	if (name->len == 0 && key.len > 0 && isdigit((unsigned char)key.data[0]) &&
	    buffer_append(name, "_", 1) != 0)
		return -1;
	for (size_t i = 0; i < key.len; i++) {
		if (buffer_append(name, is_name_byte((unsigned char)key.data[i]) ? &key.data[i] : "_", 1) !=
		    0)
			return -1;
	}
	return 0;
}

/* Whether a name is not taken yet, in any case: 1, and then it is; 0; -1. */
static int take_name(struct infer *f, const char *name)
{
	const uint32_t n = f->names.strings.n;
	char *lower = strdup(name);
	uint32_t code;
	int result;

	if (lower == NULL)
		return cause_memory();
	for (char *c = lower; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	result = dictionary_code(&f->names, lower, strlen(lower), &code) != 0 ? -1 : code == n;
	free(lower);
	return result;
}

/* What revenue is made of is of these types, or of another name. */
static bool suits_name(const struct infer_field *field, const char *name)
{
	if (strcmp(name, "price") == 0)
		return field->type == COLUMN_DECIMAL;
	if (strcmp(name, "quantity") == 0)
		return field->type == COLUMN_INT32 || field->type == COLUMN_INT64;
	return strcmp(name, "event_type") != 0 || field->type == COLUMN_STRING;
}

/* A name that no other has. */
static int name_column(struct infer *f, uint32_t i)
{
	struct buffer name = {0};
	size_t len;
	int free_name = -1;

	if (write_name(f->survey, i, &name) != 0 || buffer_text(&name) == NULL)
		goto out;
	len = name.len;
	free_name = suits_name(&f->fields[i], (char *)name.data) ? take_name(f, (char *)name.data) : 0;
	for (unsigned k = 2; free_name == 0; k++) {
		name.len = len;
		free_name = buffer_printf(&name, "_%u", k) != 0 || buffer_text(&name) == NULL
				? -1
				: take_name(f, (char *)name.data);
	}
	if (free_name == 1) {
		f->fields[i].name = strdup((char *)name.data);
		if (f->fields[i].name == NULL)
			free_name = cause_memory();
	}
out:
	buffer_free(&name);
	return free_name == 1 ? 0 : -1;
}

/* Lines in which there is nothing that a required column takes as a value. */
static uint64_t count_absent(const struct infer *f, uint32_t i)
{
	const struct survey_value *v = value_of(f, i);

	return survey_missing(f->survey, i) + v->rows[SURVEY_NULL] + v->n_empty;
}

/* The column that says when an event was: the first time that is nearly always there, nearest to the top,
 * unless one is called timestamp. */
static uint32_t find_timestamp(const struct infer *f)
{
	static const struct text timestamp = {"timestamp", 9};
	uint32_t found = SURVEY_TOP;

	for (uint32_t i = 0; i < f->survey->n; i++) {
		const struct infer_field *field = &f->fields[i];
		const struct survey_field *seen = &f->survey->fields[i];

		if (field->fate != INFER_COLUMN || field->type != COLUMN_TIMESTAMP ||
		    count_absent(f, i) * TOLERATED_TIMES > f->survey->rows)
			continue;
		if (seen->depth == 0 && text_equal(survey_key(f->survey, i), timestamp))
			return i;
		if (found == SURVEY_TOP || seen->depth < f->survey->fields[found].depth)
			found = i;
	}
	return found;
}

static int name_columns(struct infer *f)
{
	static const char *const ours[] = {"event_date", "event_hour", "revenue", "source", "line"};
	const uint32_t timestamp = find_timestamp(f);

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		if (take_name(f, ours[i]) < 0)
			return -1;
	}
	if (timestamp != SURVEY_TOP) {
		struct infer_field *field = &f->fields[timestamp];

		field->name = strdup("timestamp");
		if (field->name == NULL)
			return cause_memory();
		if (!field->is_required)
			field->rejects += count_absent(f, timestamp) - value_of(f, timestamp)->n_empty;
		field->is_required = true;
		if (take_name(f, "timestamp") < 0)
			return -1;
	}
	for (uint32_t i = 0; i < f->survey->n; i++) {
		if (f->fields[i].fate == INFER_COLUMN && f->fields[i].name == NULL && name_column(f, i) != 0)
			return -1;
	}
	return 0;
}

int infer_open(struct infer *f, const struct survey *survey)
{
	size_t n_columns = 0;

	*f = (struct infer){.survey = survey};
	f->fields = calloc(survey->n + 1, sizeof *f->fields);
	if (f->fields == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < survey->n; i++) {
		decide(f, i);
		n_columns += f->fields[i].fate == INFER_COLUMN;
	}
	if (leave_out_ways(f) != 0)
		return -1;
	if (n_columns == 0)
		return cause_record(STATUS_REFUSED, "there is no line with a value that could be a column");
	return name_columns(f);
}

void infer_close(struct infer *f)
{
	for (size_t i = 0; f->fields != NULL && i < f->survey->n; i++)
		free(f->fields[i].name);
	free(f->fields);
	dictionary_free(&f->names);
	*f = (struct infer){0};
}
