/*
 * Gold definitions: any text is a definition or is refused by name; one that is taken is used, on rows and
 * on none.
 */
#include "gold/group.h"

#include "silver_columns.h"

enum { ROWS = 40 };

/* A few rows, of every kind that a definition can ask about. */
static void fill(struct builder *b, const struct columns *silver)
{
	static const char *const texts[] = {"purchase", "page_view", "", "b", "2025-12-07", "caf\xc3\xa9"};
	static const int64_t numbers[] = {0, 1, 7, -1, 1000000, INT32_MAX, 1765079756633003};

	MUST(builder_init(b, silver->items, silver->n) == 0);
	for (unsigned i = 0; i < ROWS; i++) {
		for (size_t c = 0; c < silver->n; c++) {
			const struct column *column = &silver->items[c];
			const char *text = texts[(i * 7 + c * 3) % 6];
			const int64_t number = numbers[(i * 5 + c) % 7];

			if (column->nullable && (i + c) % 4 == 0)
				builder_add_null(&b->columns[c]);
			else if (column->type == COLUMN_STRING)
				MUST(builder_add_text(b, &b->columns[c], text, strlen(text)) == 0);
			else
				builder_add_int(&b->columns[c],
						column->type == COLUMN_INT32 && number > INT32_MAX ? 3
												   : number);
		}
	}
}

static void show(const struct definition *d, struct groups *g)
{
	struct state *states = calloc(d->n_measures + 1, sizeof *states);
	struct value *row = calloc(definition_row_cap(d) + 1, sizeof *row);
	struct buffer ids = {0};
	struct text key;

	MUST(groups_rewind(g) == 0);
	while (groups_next(g, &key) > 0) {
		for (size_t m = 0; m < d->n_measures; m++) {
			state_init(&states[m], d->measures[m].kind, d->measures[m].type);
			buffer_clear(&ids);
			if (states[m].kind != STATE_DISTINCT)
				MUST(groups_state(g, m, &states[m]) == 0);
			else
				MUST(groups_ids(g, m, &ids) == 0);
			states[m].count += ids.len / sizeof(uint64_t);
		}
		if (definition_row(d, key, states, row) != 0)
			fuzz_failed(); /* a number beyond 128 bits */
		for (size_t m = 0; m < d->n_measures; m++)
			state_free(&states[m]);
	}
	buffer_free(&ids);
	for (size_t i = 0; i < d->n_outputs; i++)
		MUST(definition_output_type(d, i) != NULL && d->outputs[i].name[0] != '\0');
	free(states);
	free(row);
}

static void use(const struct definition *d, struct predicates *predicates, const struct columns *silver)
{
	struct builder b;
	struct view view;
	struct vector *vectors = calloc(silver->n, sizeof *vectors);
	uint64_t budget = 1 << 16;

	fill(&b, silver);
	for (size_t i = 0; i < silver->n; i++)
		builder_view(&b.columns[i], &vectors[i]);
	const struct batch batch = {ROWS, (uint32_t)silver->n, vectors};

	MUST(view_open(&view, silver) == 0);
	struct groups *g = groups_new(d, &view, predicates, &budget);

	MUST(g != NULL);
	show(d, g);
	MUST(view_set(&view, &batch) == 0);
	if (groups_update(g) == 0)
		show(d, g);
	else
		fuzz_failed();
	groups_free(g);
	view_close(&view);
	free(vectors);
	builder_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct columns *silver = silver_columns();
	struct predicates *predicates = predicates_new(silver);
	struct definition d = {0};
	/* A copy as long as the text, so that reading beyond it is seen. */
	char *text = malloc(len > 0 ? len : 1);

	memcpy(text, data, len);
	MUST(predicates != NULL);
	if (definition_compile(&d, "fuzz", "fuzz.sql", text, len, silver, predicates) == 0) {
		use(&d, predicates, silver);
	} else {
		MUST(cause_status() == STATUS_USAGE && strncmp(cause_message(), "fuzz.sql:", 9) == 0);
		fuzz_failed();
	}
	definition_free(&d);
	predicates_free(predicates);
	free(text);
	return 0;
}
