/*
 * mishap_value -- values to put in the place of a good one, and what a reader must make of the line.
 *
 * For mishap.c alone; split from it because it is data.
 */
#ifndef EV_MISHAP_VALUE_H
#define EV_MISHAP_VALUE_H

#include "generate/mishap.h"

/* Keys in the order of event_keys. */
enum { TIMESTAMP, USER_ID, SESSION_ID, EVENT_TYPE, PRODUCT_ID, QUANTITY, PRICE, CATEGORY, SEARCH_QUERY };

struct mishap_value {
	enum mishap_verdict verdict;
	int key;
	const char *value; /* NULL: the key is absent */
};

extern const struct mishap_value mishap_bad_values[], mishap_good_values[];
extern const size_t mishap_n_bad_values, mishap_n_good_values;

#endif
