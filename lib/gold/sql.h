/*
 * sql -- the text of a Gold definition as a tree.
 *
 * One SELECT over silver: outputs with names, WHERE, GROUP BY. Expressions are one grammar, for conditions
 * and for output columns; what may stand where is for definition, which binds the tree, to say. Keywords in
 * any case; names plain or "quoted"; 'text' with '' for a quote; numbers 1, 1.5, 1e3; comments -- and
 * slash-star; one ; at the end. Nesting is bounded, so that who walks a tree may recurse.
 *
 * Errors: STATUS_USAGE with "file:line:column: construct: why". Lines and columns count from 1, in bytes.
 * Everything in a tree is owned by its sql_select.
 */
#ifndef EV_SQL_H
#define EV_SQL_H

#include "column/dictionary.h"

enum sql_kind {
	SQL_NAME,   /* a column */
	SQL_NUMBER, /* text is as written */
	SQL_STRING,
	SQL_NULL,
	SQL_TRUE,
	SQL_FALSE,
	SQL_CALL, /* text(operands) */
	SQL_NEGATE,
	SQL_ADD,
	SQL_SUBTRACT,
	SQL_MULTIPLY,
	SQL_DIVIDE,
	SQL_EQUAL,
	SQL_NOT_EQUAL,
	SQL_LESS,
	SQL_LESS_EQUAL,
	SQL_GREATER,
	SQL_GREATER_EQUAL,
	SQL_IN, /* the first operand in the others */
	SQL_IS_NULL,
	SQL_NOT,
	SQL_AND, /* any number of operands */
	SQL_OR,
};

enum { SQL_HEIGHT_MAX = 64, SQL_LEN_MAX = 1 << 20 };

struct sql_position {
	uint32_t line;
	uint32_t column;
};

struct sql_node {
	enum sql_kind kind;
	struct sql_position at;
	uint32_t height;  /* 1 for a leaf */
	struct text text; /* of a name, number, string, call; NUL-terminated */
	bool negated;     /* NOT IN, IS NOT NULL */
	bool star;        /* count(*) */
	bool distinct;    /* count(DISTINCT x) */
	bool parenthesised;
	struct sql_node *filter; /* of a call, or NULL */
	struct sql_node *first;  /* operands, in order */
	struct sql_node *last;
	struct sql_node *next; /* the operand after this one */
	struct sql_node *owned;
};

struct sql_output {
	struct sql_node *value;
	struct sql_node *name; /* what AS says, or NULL */
};

struct sql_select {
	const char *file; /* for messages; borrowed */
	struct sql_output *outputs;
	size_t n_outputs;
	size_t outputs_cap;
	struct sql_node *where;    /* or NULL */
	struct sql_node *group_by; /* the first of a list, or NULL */
	struct sql_node *owned;
};

struct sql_select *sql_parse(const char *text, size_t len, const char *file) MUST_CHECK;
void sql_free(struct sql_select *s);

/* Records "file:line:column: construct: why" and returns -1. */
int sql_refuse(const struct sql_select *s, struct sql_position at, const char *construct, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));
/* Whether two names are the same: ASCII letters in any case. */
bool sql_same_name(const char *a, const char *b);
/* a op b is b sql_mirrored(op) a. */
enum sql_kind sql_mirrored(enum sql_kind op);

#endif
