/*
 * field -- one field of a line: its rules made ready, and the way from a JSON value to the column's.
 *
 * There are two ways. field_read takes the usual texts and knows at once what they are worth; whatever it
 * leaves goes through the grammar and then field_check, which has all the rules. What field_read takes it
 * values as field_check would.
 */
#ifndef EV_FIELD_H
#define EV_FIELD_H

#include "base/decimal.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "column/cells.h"
#include "column/value_set.h"
#include "decode/schema.h"

enum {
	FIELD_SLACK = 64, /* bytes that must be readable behind a line and behind scratch's content */
	FIELD_GLUE_HEAD = 32,
	FIELD_GLUE = FIELD_GLUE_HEAD + FIELD_SLACK, /* what may be read where its head is */
};

/* What stands in a line before a value: as far as it is not longer than FIELD_GLUE, what follows being zeros.
 */
struct field_glue {
	char bytes[FIELD_GLUE];
	uint32_t len;
	uint32_t head; /* a bit for each of its first FIELD_GLUE_HEAD bytes */
};

/* False when it is too long. */
bool field_glue_set(struct field_glue *glue, const char *from, const char *to);

/* How the values of a field are mostly written, and so read at once. */
enum field_way {
	FIELD_UNKNOWN = 0, /* to the schema: anything is good, and not kept */
	FIELD_SLOW,        /* by the grammar and the rules only */
	FIELD_TEXT,        /* any but "" is good as it stands */
	FIELD_TEXT_OR_NULL,
	FIELD_DATE,   /* a timestamp in a string */
	FIELD_NUMBER, /* exact, and mostly short */
	FIELD_EPOCH,  /* exact, and mostly long: a timestamp */
};

/* All zeros is a field for keys that the schema does not know. */
struct field {
	struct field *next; /* that followed this one in the line before; never NULL in a schema's */
	struct field_glue glue;
	enum column_type type;
	enum field_way way;
	bool required;
	bool null_allowed;
	bool null_is_good;                /* allowed, and not required */
	enum json_kind null_kind;         /* JSON_NONE then, else JSON_NULL, for field_check */
	bool measured;                    /* has a length to be kept */
	bool is_whole;                    /* a number without a fraction */
	bool is_lenient;                  /* a number may stand in a string */
	bool low_is_sharp, high_is_sharp; /* even a number that rounds to the bound must not pass it */
	int64_t low, high;                /* numbers: what is allowed, in the column's units */
	int64_t one;                      /* and what 1 is in them, of those that are read exactly */
	int64_t units[DECIMAL_SHORT_MAX]; /* what 1 is in the n-th place behind the point; 0: nothing may be
					     there */
	/* What the line has. */
	bool is_good;            /* read and checked on the way */
	int64_t number;          /* the value, of all columns but strings */
	struct json_token token; /* of strings, once checked: what they mean */
	struct timestamp_cache dates;
	struct cells cells;                /* of the lines before that are good and not yet in their column */
	struct value_set *allowed, *known; /* NULL when not given */
	const struct schema_field *rule;
	char *missing, *bad; /* reasons */
};

int field_init(struct field *f, const struct schema_field *rule) MUST_CHECK; /* borrows rule */
void field_free(struct field *f);

/*
 * NULL when the field is good: it then holds the value, or a token JSON_NONE for none. Else the reason, which
 * lives as long as f. Texts with escapes are written to scratch, which must have room for them.
 */
const char *field_check(struct field *f, struct buffer *scratch);

/* The value of a good field, or that there is none, into that row of its cells, which is empty. */
void field_keep(struct field *f, uint32_t row);

/* Replaces a string with escapes by what it means, behind scratch's content; false when it is no text. */
bool field_unescape(struct json_token *token, struct buffer *scratch);

/* What field_read takes of numbers, by their way. NULL: the grammar and the rules must see. */
static inline const char *field_take_number(struct field *f, const char *p, const char *end, size_t len)
{
	if ((size_t)(end - p) < len)
		return NULL;
	f->token = (struct json_token){JSON_NUMBER, false, p, len};
	f->is_good = f->number >= f->low && f->number <= f->high;
	return p + len;
}

static inline const char *field_read_short(struct field *f, const char *p, const char *end)
{
	uint32_t digits;
	unsigned places;
	const size_t len = f->way == FIELD_NUMBER ? decimal_parse_short(p, &digits, &places) : 0;

	if (len == 0 || f->units[places] == 0)
		return NULL;
	f->number = digits * f->units[places];
	return field_take_number(f, p, end, len);
}

static inline const char *field_read_epoch(struct field *f, const char *p, const char *end)
{
	uint64_t digits;
	const size_t len = decimal_parse_long(p, &digits);

	if (len == 0 || __builtin_mul_overflow(digits, f->one, &f->number))
		return NULL;
	return field_take_number(f, p, end, len);
}

static inline const char *field_read_number(struct field *f, const char *p, const char *end)
{
	return f->way == FIELD_EPOCH ? field_read_epoch(f, p, end) : field_read_short(f, p, end);
}

/* The same for a number in a string, whose quote is at p. */
static inline const char *field_read_quoted(struct field *f, const char *p, const char *end)
{
	const char *stop = field_read_number(f, p + 1, end);

	if (stop == NULL || stop >= end || *stop != '"' || !f->is_good) {
		f->is_good = false;
		return NULL;
	}
	f->token = (struct json_token){JSON_STRING, false, p + 1, (size_t)(stop - p) - 1};
	return stop + 1;
}

/* The same for a string. */
static inline const char *field_read_text(struct field *f, const char *p, const char *end)
{
	if (f->way == FIELD_DATE) {
		const size_t len = timestamp_parse_fixed(&f->dates, p + 1, &f->number);

		if (len == 0 || p[len + 1] != '"' || (size_t)(end - p) < len + 2)
			return NULL;
		f->token = (struct json_token){JSON_STRING, false, p + 1, len};
	} else {
		const char *stop;

		if (f->way != FIELD_TEXT && f->way != FIELD_TEXT_OR_NULL)
			return f->is_lenient ? field_read_quoted(f, p, end) : NULL;
		stop = json_string_stop(p + 1, end);
		if (stop >= end || *stop != '"' || stop == p + 1)
			return NULL;
		f->token = (struct json_token){JSON_STRING, false, p + 1, (size_t)(stop - p) - 1};
	}
	f->is_good = true;
	return f->token.data + f->token.len + 1;
}

/*
 * The value at p, which is before end, into f: with is_good when it is one of the usual ones, which are
 * checked on the way; else as the grammar has it, for field_check. It lies in `depth` objects of the line.
 * Returns the place behind it, or NULL with *bad at what is not JSON.
 */
static inline const char *field_read(struct field *f, const char *p, const char *end, unsigned depth,
				     const char **bad)
{
	const char *behind = NULL;

	f->is_good = false;
	if (*p == '"') {
		behind = field_read_text(f, p, end);
	} else if (*p == 'n') {
		if (end - p >= 4 && memcmp(p, "null", 4) == 0) {
			f->token = (struct json_token){f->null_is_good ? JSON_NONE : JSON_NULL, false, p, 4};
			f->is_good = f->null_is_good;
			behind = p + 4;
		}
	} else if (*p >= '0' && *p <= '9') {
		behind = field_read_number(f, p, end);
	}
	return behind != NULL ? behind : json_value_within(p, end, depth, &f->token, bad);
}

#endif
