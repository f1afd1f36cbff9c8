/*
 * predicate -- conditions over the rows of a batch. All definitions keep theirs in one list, in which equal
 * conditions are one, and each is evaluated at most once for a batch.
 *
 * Three-valued logic as SQL has it: a row passes where its condition is true, not where it is false or
 * unknown. When a condition is bound every NOT is driven down to the comparisons (Kleene's logic obeys De
 * Morgan), so that "is it true?" is all that ever has to be asked, and a mask of 0 and 1 answers it.
 * Conditions on a string column in CODES form are evaluated once for each code.
 */
#ifndef EV_PREDICATE_H
#define EV_PREDICATE_H

#include "column/view.h"
#include "gold/sql.h"

enum { PREDICATE_ALWAYS = 0, PREDICATE_NEVER = 1 };

struct predicates;

struct predicates *predicates_new(const struct columns *types) MUST_CHECK;
void predicates_free(struct predicates *p);

/* The condition at node, as *id. */
int predicates_bind(struct predicates *p, const struct sql_select *s, const struct sql_node *node,
		    uint32_t *id) MUST_CHECK;
int predicates_not_null(struct predicates *p, size_t column, uint32_t *id) MUST_CHECK;
int predicates_and(struct predicates *p, uint32_t a, uint32_t b, uint32_t *id) MUST_CHECK;

/* 0 or 1 for each of the rows; borrowed until the next batch. NULL: memory. */
const uint8_t *predicates_mask(struct predicates *p, struct view *r, uint32_t id) MUST_CHECK;
/* The *n rows where it is true, ascending; borrowed likewise. */
const uint16_t *predicates_rows(struct predicates *p, struct view *r, uint32_t id, uint32_t *n) MUST_CHECK;

#endif
