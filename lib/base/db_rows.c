#include "base/db_rows.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 64 };

static struct db_statement *prepare(const struct db_rows *r, size_t rows)
{
	struct db_statement *s = NULL;
	struct buffer sql = {0};
	int failed = buffer_printf(&sql, "INSERT OR ROLLBACK INTO %s VALUES", r->table);

	for (size_t i = 0; i < rows * r->n_columns && !failed; i++)
		failed = buffer_append_text(&sql, i == 0 ? "(?" : i % r->n_columns == 0 ? "), (?" : ", ?");
	if (!failed && buffer_append_text(&sql, ")") == 0 && buffer_text(&sql) != NULL)
		s = db_prepare(r->db, buffer_text(&sql));
	buffer_free(&sql);
	return s;
}

int db_rows_open(struct db_rows *r, struct db *db, const char *table, size_t n_columns)
{
	*r = (struct db_rows){.db = db, .n_columns = n_columns};
	r->table = strdup(table);
	r->values = calloc(ROWS * n_columns, sizeof *r->values);
	if (r->table == NULL || r->values == NULL)
		return cause_memory();
	r->one = prepare(r, 1);
	return r->one == NULL ? -1 : 0;
}

void db_rows_close(struct db_rows *r)
{
	db_finalize(r->one);
	db_finalize(r->many);
	free(r->table);
	free(r->values);
	buffer_free(&r->bytes);
	*r = (struct db_rows){0};
}

static struct text text_of_value(const struct db_rows *r, const struct db_value *v)
{
	return (struct text){v->text.len > 0 ? (const char *)r->bytes.data + v->number : "", v->text.len};
}

static void bind(const struct db_rows *r, struct db_statement *s, const struct db_value *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct db_value *v = &values[i];
		const int at = (int)i + 1;

		switch (v->type) {
		case DB_INT: db_bind_int(s, at, v->number); break;
		case DB_DOUBLE: db_bind_double(s, at, v->real); break;
		case DB_TEXT: db_bind_text(s, at, text_of_value(r, v)); break;
		case DB_BLOB: db_bind_blob(s, at, text_of_value(r, v).data, v->text.len); break;
		default: db_bind_null(s, at); break;
		}
	}
}

static int insert_many(struct db_rows *r)
{
	if (r->many == NULL)
		r->many = prepare(r, ROWS);
	if (r->many == NULL)
		return -1;
	bind(r, r->many, r->values, ROWS * r->n_columns);
	return db_run(r->many);
}

int db_rows_flush(struct db_rows *r)
{
	int failed = r->n == ROWS ? insert_many(r) : 0;

	for (uint32_t i = 0; i < r->n && r->n < ROWS && !failed; i++) {
		bind(r, r->one, r->values + i * r->n_columns, r->n_columns);
		failed = db_run(r->one);
	}
	r->n = 0;
	buffer_clear(&r->bytes);
	return failed;
}

int db_rows_add(struct db_rows *r, const struct db_value *row)
{
	struct db_value *values = r->values + r->n * r->n_columns;

	for (size_t i = 0; i < r->n_columns; i++) {
		values[i] = row[i];
		if (row[i].type != DB_TEXT && row[i].type != DB_BLOB)
			continue;
		values[i].number = (int64_t)r->bytes.len;
		if (buffer_append(&r->bytes, row[i].text.data, row[i].text.len) != 0)
			return -1;
	}
	return ++r->n == ROWS ? db_rows_flush(r) : 0;
}
