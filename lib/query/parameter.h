/*
 * parameter -- what :NAME stands for in a statement.
 *
 * A value that is a number, written as SQLite would write it, is one; any other is a text: 007 is.
 */
#ifndef EV_PARAMETER_H
#define EV_PARAMETER_H

#include "base/buffer.h"
#include "base/db.h"

/* {0} is none. */
struct parameters {
	struct parameter {
		const char *definition; /* NAME=VALUE; borrowed */
		bool used;
	} * items;
	size_t n, cap;
};

/* STATUS_USAGE for what is not NAME=VALUE. */
int parameters_add(struct parameters *p, const char *definition) MUST_CHECK;
void parameters_free(struct parameters *p);

/* Gives a statement values for all that it has; STATUS_USAGE when there is none for one. */
int parameters_bind(struct parameters *p, struct db_statement *s) MUST_CHECK;
/* Appends what stands for :NAME, $NAME or @NAME, as it is written in SQL: 1; 0: nothing does; -1. */
int parameters_literal(const struct parameters *p, struct text name, struct buffer *out) MUST_CHECK;
/* STATUS_USAGE when one has not been bound to any statement. */
int parameters_check(const struct parameters *p) MUST_CHECK;

#endif
