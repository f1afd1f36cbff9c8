/*
 * definition -- a Gold table as it is kept: a SELECT bound to the columns of Silver.
 *
 *   dimensions   the columns of GROUP BY; their values are a group's key
 *   measures     the aggregates, each different one once, each with the condition its rows meet: WHERE and
 *                FILTER and that the column is not null
 *   outputs      the columns of the table
 *
 * What evlake(7) calls the subset is decided here and in predicate_bind. Errors: STATUS_USAGE with file,
 * line, column, construct, why.
 */
#ifndef EV_DEFINITION_H
#define EV_DEFINITION_H

#include "gold/expression.h"
#include "gold/predicate.h"
#include "gold/state.h"

struct definition_dimension {
	size_t column;
	enum column_type type;
	size_t output; /* the first that shows it */
};

struct definition_measure {
	enum state_kind kind;
	enum column_type type; /* of the column */
	size_t column;         /* 0 for a count */
	uint32_t predicate;
};

struct definition_output {
	char *name;
	struct expression *value;
};

struct definition {
	char *name; /* of the table */
	char *text; /* as it was read */
	size_t len;
	uint32_t where;
	struct definition_dimension *dimensions;
	size_t n_dimensions, dimensions_cap;
	struct definition_measure *measures;
	size_t n_measures, measures_cap;
	struct definition_output *outputs;
	size_t n_outputs, outputs_cap;
};

/*
 * Compiles text, which stands in file (for messages), as the definition of a table that is called name.
 * Its predicates go into the list.
 */
int definition_compile(struct definition *d, const char *name, const char *file, const char *text, size_t len,
		       const struct columns *silver, struct predicates *predicates) MUST_CHECK;
void definition_free(struct definition *d);

/* What SQLite calls the type of an output: INTEGER, REAL or TEXT. */
const char *definition_output_type(const struct definition *d, size_t output);
/* A row of the table in row[0 .. n_outputs): from the key and the states of its group. The rest of row, which
 * has room for definition_row_cap values, is scratch. */
size_t definition_row_cap(const struct definition *d);
int definition_row(const struct definition *d, struct text key, const struct state *states,
		   struct value *row) MUST_CHECK;

#endif
