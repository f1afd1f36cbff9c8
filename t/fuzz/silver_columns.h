/* silver_columns -- the columns of Silver that the shipped schema gives. */
#ifndef EV_SILVER_COLUMNS_H
#define EV_SILVER_COLUMNS_H

#include "decode/schema.h"
#include "silver/silver.h"

#include "fuzz.h"

static inline const struct columns *silver_columns(void)
{
	static struct columns silver;

	if (silver.n == 0) {
		struct schema *s = schema_read("schemas/event.json");

		MUST(s != NULL && columns_copy(&silver, &s->columns) == 0);
		MUST(columns_add(&silver, "line", COLUMN_INT64, false) == 0);
		for (int i = 0; i < SILVER_ADDED; i++)
			MUST(columns_add(&silver, silver_added_name(i), silver_added_type(i),
					 i == SILVER_REVENUE) == 0);
		schema_free(s);
	}
	return &silver;
}

#endif
