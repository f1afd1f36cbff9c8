/*
 * parquet_schema -- the columns of a Parquet file, from the tree that its footer describes.
 *
 * Source: apache/parquet-format, parquet.thrift (SchemaElement). The tree is a list, depth first, the root in
 * front. Columns below another group than the root are there, too, by all the names on the way, and refused.
 */
#ifndef EV_PARQUET_SCHEMA_H
#define EV_PARQUET_SCHEMA_H

#include "parquet/parquet_leaf.h"
#include "parquet/thrift_read.h"

/* {0} is empty. */
struct parquet_leaves {
	struct parquet_leaf *items;
	size_t n, cap;
};

/* The list that the field is, from the reader. Errors: STATUS_INPUT naming the file. */
int parquet_schema_read(struct thrift_reader *r, struct thrift_field field, const char *file,
			struct parquet_leaves *leaves) MUST_CHECK;
void parquet_schema_free(struct parquet_leaves *leaves);

#endif
