#include "query/parameter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct number {
	enum db_type type; /* DB_INT, DB_DOUBLE; DB_TEXT when it is none */
	int64_t whole;
	double real;
};

static struct number number_of(const char *value)
{
	struct number n = {DB_INT, strtoll(value, NULL, 10), strtod(value, NULL)};
	char again[64];

	snprintf(again, sizeof again, "%" PRId64, n.whole);
	if (strcmp(again, value) == 0)
		return n;
	snprintf(again, sizeof again, "%.15g", n.real);
	n.type =
	    strcmp(again, value) == 0 && strspn(value, "-0123456789.") == strlen(value) ? DB_DOUBLE : DB_TEXT;
	return n;
}

int parameters_add(struct parameters *p, const char *definition)
{
	if (strchr(definition, '=') == NULL)
		return cause_record(STATUS_USAGE, "-d %s: NAME=VALUE, please", definition);
	if (array_reserve(&p->items, &p->cap, p->n + 1, sizeof *p->items) != 0)
		return -1;
	p->items[p->n++] = (struct parameter){definition, false};
	return 0;
}

void parameters_free(struct parameters *p)
{
	free(p->items);
	*p = (struct parameters){0};
}

/* name is without its first character. */
static struct parameter *find(const struct parameters *p, struct text name)
{
	for (size_t i = 0; i < p->n; i++) {
		if (strncmp(p->items[i].definition, name.data, name.len) == 0 &&
		    p->items[i].definition[name.len] == '=')
			return &p->items[i];
	}
	return NULL;
}

static void bind(struct db_statement *s, int i, const char *value)
{
	const struct number n = number_of(value);

	switch (n.type) {
	case DB_INT: db_bind_int(s, i, n.whole); break;
	case DB_DOUBLE: db_bind_double(s, i, n.real); break;
	default: db_bind_text(s, i, text_of(value));
	}
}

int parameters_bind(struct parameters *p, struct db_statement *s)
{
	for (int i = 1; i <= db_parameters(s); i++) {
		const char *name = db_parameter_name(s, i);
		struct parameter *found;

		if (name == NULL)
			return cause_record(STATUS_USAGE, "give parameters names: :day, and -d day=VALUE");
		found = find(p, text_of(name + 1));
		if (found == NULL)
			return cause_record(STATUS_USAGE, "what is %s? Say -d %s=VALUE", name, name + 1);
		found->used = true;
		bind(s, i, strchr(found->definition, '=') + 1);
	}
	return 0;
}

int parameters_literal(const struct parameters *p, struct text name, struct buffer *out)
{
	const struct parameter *found = find(p, (struct text){name.data + 1, name.len - 1});
	const char *value;

	if (found == NULL)
		return 0;
	value = strchr(found->definition, '=') + 1;
	if (number_of(value).type != DB_TEXT)
		return buffer_append_text(out, value) == 0 ? 1 : -1;
	if (buffer_append(out, "'", 1) != 0)
		return -1;
	for (; *value != '\0'; value++) {
		if (buffer_append(out, value, 1) != 0 || (*value == '\'' && buffer_append(out, "'", 1) != 0))
			return -1;
	}
	return buffer_append(out, "'", 1) == 0 ? 1 : -1;
}

int parameters_check(const struct parameters *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const char *definition = p->items[i].definition;

		if (!p->items[i].used)
			return cause_record(STATUS_USAGE, "-d %s: there is no :%.*s in the SQL", definition,
					    (int)strcspn(definition, "="), definition);
	}
	return 0;
}
