#include "gold/gold_table.h"

#include "base/buffer.h"

#include <stdlib.h>

/* A name as SQL takes it, whatever it is made of. */
static int add_name(struct buffer *sql, const char *prefix, const char *name)
{
	if (buffer_printf(sql, "\"%s", prefix) != 0)
		return -1;
	for (; *name != '\0'; name++) {
		if (buffer_printf(sql, *name == '"' ? "\"\"" : "%c", *name) != 0)
			return -1;
	}
	return buffer_append_text(sql, "\"");
}

static const char *dimension_name(const struct definition *d, size_t dimension)
{
	return d->outputs[d->dimensions[dimension].output].name;
}

static int add_columns(struct buffer *sql, const struct definition *d)
{
	for (size_t i = 0; i < d->n_outputs; i++) {
		if (buffer_append_text(sql, i == 0 ? "(" : ", ") != 0 ||
		    add_name(sql, "", d->outputs[i].name) != 0 ||
		    buffer_printf(sql, " %s", definition_output_type(d, i)) != 0)
			return -1;
	}
	return buffer_append_text(sql, ")");
}

static int add_index(struct buffer *sql, const struct definition *d)
{
	if (buffer_append_text(sql, "CREATE INDEX ") != 0 || add_name(sql, "lake_by_", d->name) != 0 ||
	    buffer_append_text(sql, " ON ") != 0 || add_name(sql, "", d->name) != 0)
		return -1;
	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (buffer_append_text(sql, i == 0 ? "(" : ", ") != 0 ||
		    add_name(sql, "", dimension_name(d, i)) != 0)
			return -1;
	}
	return buffer_append_text(sql, ")");
}

int gold_table_create(const struct definition *d, struct db *db)
{
	struct buffer sql = {0};
	int result = -1;

	if (buffer_append_text(&sql, "CREATE TABLE ") == 0 && add_name(&sql, "", d->name) == 0 &&
	    add_columns(&sql, d) == 0 && buffer_text(&sql) != NULL)
		result = db_exec(db, buffer_text(&sql));
	buffer_free(&sql);
	return result;
}

int gold_table_index(const struct definition *d, struct db *db)
{
	struct buffer sql = {0};
	int result = -1;

	if (d->n_dimensions == 0)
		return 0;
	if (add_index(&sql, d) == 0 && buffer_text(&sql) != NULL)
		result = db_exec(db, buffer_text(&sql));
	buffer_free(&sql);
	return result;
}

int gold_table_drop(struct db *db, const char *name)
{
	struct buffer sql = {0};
	int result = -1;

	if (buffer_append_text(&sql, "DROP TABLE IF EXISTS ") == 0 && add_name(&sql, "", name) == 0 &&
	    buffer_text(&sql) != NULL)
		result = db_exec(db, buffer_text(&sql));
	buffer_free(&sql);
	return result;
}

static struct db_statement *prepare_remove(const struct definition *d, struct db *db)
{
	struct db_statement *s = NULL;
	struct buffer sql = {0};
	int failed = buffer_append_text(&sql, "DELETE FROM ") != 0 || add_name(&sql, "", d->name) != 0;

	for (size_t i = 0; i < d->n_dimensions && !failed; i++) {
		failed = buffer_append_text(&sql, i == 0 ? " WHERE " : " AND ") != 0 ||
			 add_name(&sql, "", dimension_name(d, i)) != 0 ||
			 buffer_printf(&sql, " IS ?%zu", i + 1) != 0;
	}
	if (!failed && buffer_text(&sql) != NULL)
		s = db_prepare(db, buffer_text(&sql));
	buffer_free(&sql);
	return s;
}

int gold_table_open(struct gold_table *t, const struct definition *d, struct db *db)
{
	struct buffer name = {0};
	int result = -1;

	*t = (struct gold_table){.definition = d};
	t->remove = prepare_remove(d, db);
	t->values = calloc(d->n_outputs + 1, sizeof *t->values);
	if (t->values == NULL)
		cause_memory();
	else if (t->remove != NULL && add_name(&name, "", d->name) == 0 && buffer_text(&name) != NULL)
		result = db_rows_open(&t->rows, db, buffer_text(&name), d->n_outputs);
	buffer_free(&name);
	return result;
}

void gold_table_close(struct gold_table *t)
{
	db_finalize(t->remove);
	db_rows_close(&t->rows);
	free(t->values);
	*t = (struct gold_table){0};
}

void gold_table_bind(struct db_statement *s, size_t i, const struct value *v)
{
	switch (v->kind) {
	case VALUE_INTEGER: db_bind_int(s, (int)i, (int64_t)v->integer); break;
	case VALUE_REAL: db_bind_double(s, (int)i, v->real); break;
	case VALUE_TEXT: db_bind_text(s, (int)i, value_text(v)); break;
	default: db_bind_null(s, (int)i); break;
	}
}

static struct db_value db_value_of(const struct value *v)
{
	switch (v->kind) {
	case VALUE_INTEGER: return (struct db_value){.type = DB_INT, .number = (int64_t)v->integer};
	case VALUE_REAL: return (struct db_value){.type = DB_DOUBLE, .real = v->real};
	case VALUE_TEXT: return (struct db_value){.type = DB_TEXT, .text = value_text(v)};
	default: return (struct db_value){.type = DB_NULL};
	}
}

int gold_table_put(struct gold_table *t, const struct value *row, bool fresh)
{
	const struct definition *d = t->definition;

	if (!fresh) {
		for (size_t i = 0; i < d->n_dimensions; i++)
			gold_table_bind(t->remove, i + 1, &row[d->dimensions[i].output]);
		if (db_run(t->remove) != 0)
			return -1;
	}
	for (size_t i = 0; i < d->n_outputs; i++)
		t->values[i] = db_value_of(&row[i]);
	return db_rows_add(&t->rows, t->values);
}

int gold_table_flush(struct gold_table *t)
{
	return db_rows_flush(&t->rows);
}
