/*
 * Partials: forged groups of the shipped tables. What is taken comes out in one form: encoded and merged
 * again it is the same, and it can be committed.
 */
#include "gold/partial.h"
#include "gold/gold.h"
#include "gold/group.h"

#include "silver_columns.h"

static struct gold *open_gold(void)
{
	struct gold *g = gold_open("schemas/gold", silver_columns());

	MUST(g != NULL);
	return g;
}

/* A byte says the table and whether its bytes go on, two how many there are. */
static bool merge_input(struct gold *g, struct fuzz f)
{
	struct buffer state = {0};
	bool good = true;

	while (f.left > 0 && good) {
		const unsigned what = (unsigned)fuzz_number(&f, 1);
		size_t len = fuzz_number(&f, 2);
		const char *table = what % 8 < gold_tables(g) ? gold_table_name(g, what % 8) : "none";
		const uint8_t *bytes = fuzz_bytes(&f, len, &len);
		const struct control_partial partial = {
		    .table = text_of(table),
		    .more = what >> 7,
		    .state = {(const char *)bytes, len},
		};

		good = partial_merge(g, &partial, &state) == 0;
	}
	buffer_free(&state);
	if (!good)
		fuzz_failed();
	return good;
}

/* False: a sum is too large for what it is merged into. */
static bool encode_table(struct gold *g, size_t table, struct buffer *out)
{
	int more;

	MUST(gold_rewind(g, table) == 0);
	buffer_clear(out);
	while ((more = gold_encode_next(g, table, out)) > 0)
		continue;
	if (more < 0)
		fuzz_failed();
	return more == 0;
}

static void merge_again(struct gold *g)
{
	struct gold *other = open_gold();
	struct buffer first = {0}, second = {0};

	for (size_t t = 0; t < gold_tables(g); t++) {
		if (!encode_table(g, t, &first))
			break;
		if (first.len > 0)
			MUST(gold_merge(other, text_of(gold_table_name(g, t)), first.data, first.len) == 0);
		MUST(encode_table(other, t, &second));
		MUST(first.len == second.len &&
		     (first.len == 0 || memcmp(first.data, second.data, first.len) == 0));
	}
	buffer_free(&first);
	buffer_free(&second);
	gold_close(other);
}

/* It may still be refused: a sum may be too large for what it is merged into. */
static void commit(struct gold *g)
{
	struct db *db = db_open(":memory:", DB_CREATE);

	MUST(db != NULL && gold_create(db) == 0 && gold_check(g, db, false) == 0);
	MUST(db_exec(db, "BEGIN") == 0);
	if (gold_commit(g, db) != 0)
		fuzz_failed();
	db_close(db);
}

/* --- the groups of one definition, which is quicker ------------------------------------------------------
 */

static struct definition definitions[2];
static struct predicates *predicates;
static struct view view;

static void compile(void)
{
	static const char *const texts[] = {
	    "SELECT event_date, category, count(*) AS n, sum(revenue) AS r, count(DISTINCT user_id) AS u "
	    "FROM silver "
	    "GROUP BY event_date, category",
	    "SELECT event_hour, price, min(user_id) AS a, max(price) AS b, min(timestamp) AS c, "
	    "count(DISTINCT session_id) AS d, sum(quantity) AS e FROM silver GROUP BY event_hour, price",
	};

	if (predicates != NULL)
		return;
	predicates = predicates_new(silver_columns());
	MUST(predicates != NULL && view_open(&view, silver_columns()) == 0);
	for (int i = 0; i < 2; i++)
		MUST(definition_compile(&definitions[i], "fuzz", "fuzz", texts[i], strlen(texts[i]),
					silver_columns(), predicates) == 0);
}

static bool encode(struct groups *g, struct buffer *out)
{
	struct text key;
	int more;

	MUST(groups_rewind(g) == 0);
	while ((more = groups_next(g, &key)) > 0) {
		if (groups_encode(g, out) != 0)
			return false;
	}
	MUST(more == 0);
	return true;
}

static void merge_groups(const struct definition *d, const struct fuzz *f)
{
	uint64_t budget = 1 << 16;
	struct groups *one = groups_new(d, &view, predicates, &budget);
	struct groups *two = groups_new(d, &view, predicates, &budget);
	struct buffer first = {0}, second = {0};

	MUST(one != NULL && two != NULL);
	if (groups_merge(one, f->p, f->left) == 0 && encode(one, &first)) {
		MUST(first.len == 0 || groups_merge(two, first.data, first.len) == 0);
		MUST(encode(two, &second));
		MUST(first.len == second.len &&
		     (first.len == 0 || memcmp(first.data, second.data, first.len) == 0));
	} else {
		fuzz_failed();
	}
	buffer_free(&first);
	buffer_free(&second);
	groups_free(one);
	groups_free(two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, len};
	const unsigned how = (unsigned)fuzz_number(&f, 1);
	const bool to_commit = how % 8 == 7;

	compile();
	if (how % 8 < 6) {
		merge_groups(&definitions[how % 2], &f);
		return 0;
	}
	struct gold *g = open_gold();

	if (merge_input(g, f)) {
		merge_again(g);
		if (to_commit)
			commit(g);
	}
	gold_close(g);
	return 0;
}
