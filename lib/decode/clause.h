/*
 * clause -- what an object of a schema says: the keywords that may stand in it, each with its value; and
 * refusals that name file, line, JSON pointer (RFC 6901) and reason, with STATUS_USAGE.
 */
#ifndef EV_CLAUSE_H
#define EV_CLAUSE_H

#include "base/cause.h"
#include "base/json.h"

/* Annotations come first: they are read over. */
enum keyword {
	K_SCHEMA,
	K_ID,
	K_TITLE,
	K_DESCRIPTION,
	K_COMMENT,
	K_EXAMPLES,
	K_DEFAULT,
	K_SEEN,
	K_TYPE,
	K_PROPERTIES,
	K_REQUIRED,
	K_ENUM,
	K_MINIMUM,
	K_MAXIMUM,
	K_EXCLUSIVE_MINIMUM,
	K_EXCLUSIVE_MAXIMUM,
	K_MIN_LENGTH,
	K_MAX_LENGTH,
	K_FORMAT,
	K_COLUMN,
	K_KNOWN,
	K_FROM,
	K_UNIT,
	K_LENIENT,
	N_KEYWORDS,
};

/* Which keywords may stand at the event, and which at a property. */
#define CLAUSE_ANNOTATIONS ((1u << K_TYPE) - 1)
#define CLAUSE_EVENT (CLAUSE_ANNOTATIONS | 1u << K_TYPE | 1u << K_PROPERTIES | 1u << K_REQUIRED)
#define CLAUSE_PROPERTY (((1u << N_KEYWORDS) - 1) & ~(1u << K_PROPERTIES | 1u << K_REQUIRED | 1u << K_SCHEMA))

struct schema;

struct compiler {
	const char *name; /* of the schema, for messages */
	const char *text;
	struct json_token root; /* JSON_NONE as long as the text may not be JSON */
	char *names;            /* unescaped strings, one behind the other, each with a NUL */
	size_t names_len;
	struct schema *schema; /* what it becomes */
};

/* The value of each keyword, JSON_NONE where it is absent. */
struct clause {
	struct json_token at[N_KEYWORDS];
};

/* Returns -1. at is a place in the text. */
int clause_refuse(const struct compiler *c, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The string as a C string that lives as long as the compiler. NULL: cause recorded. */
const char *clause_name(struct compiler *c, const struct json_token *token) MUST_CHECK;
/* Sorts an object's members by keyword; of is the set that may stand there. */
int clause_read(struct compiler *c, const struct json_token *object, unsigned of,
		struct clause *clause) MUST_CHECK;

#endif
