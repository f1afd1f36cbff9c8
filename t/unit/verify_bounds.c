#include "stream/control.h"
#include "tap.h"
#include "verify/verify_parts.h"

#include <string.h>

static int64_t scratch[BATCH_ROWS];

static struct vector numbers_of(enum column_type type, const int64_t *values, const uint64_t *valid,
				uint32_t nulls)
{
	return (struct vector){
	    .type = type, .form = VECTOR_FIXED, .width = 8, .nulls = nulls, .values = values, .valid = valid};
}

static bool agree(struct verify_bounds *b, const struct vector *v, uint32_t n,
		  const struct parquet_said *said)
{
	ok(verify_bounds_add(b, v, n, scratch) == 0, "added");
	return verify_bounds_end(b, v->type, said) == NULL;
}

static void test_numbers(void)
{
	static const int64_t values[] = {5, 99, -3, 7};
	static const uint64_t valid[] = {13}; /* all but 99 */
	struct verify_bounds b = {0};
	struct vector v = numbers_of(COLUMN_INT64, values, valid, 1);
	const struct parquet_said right = {.nulls = 1, .has_bounds = true, .min = -3, .max = 7};
	struct parquet_said wrong = right;

	ok(agree(&b, &v, 4, &right), "numbers, and what a null holds is none");
	wrong.max = 8;
	ok(!agree(&b, &v, 4, &wrong), "a bound that is too wide");
	wrong.max = 6;
	ok(!agree(&b, &v, 4, &wrong), "one that is too narrow");
	wrong = (struct parquet_said){.nulls = 0, .has_bounds = true, .min = -3, .max = 7};
	ok(!agree(&b, &v, 4, &wrong), "another number of nulls");
	ok(agree(&b, &v, 4, &(struct parquet_said){.nulls = -1}), "nothing said, nothing wrong");
	v = numbers_of(COLUMN_INT64, values, (const uint64_t[]){0}, 4);
	ok(agree(&b, &v, 4, &(struct parquet_said){.nulls = 4}), "nothing but nulls");
	ok(!agree(&b, &v, 4, &(struct parquet_said){.nulls = 4, .has_bounds = true}), "which have no bounds");
	verify_bounds_free(&b);
}

static void test_doubles(void)
{
	const int64_t values[] = {value_bits(1.5), value_bits(0.0), value_bits(-2.5)};
	const int64_t zeros[] = {value_bits(0.0)};
	const int64_t none[] = {value_bits(1.0), value_bits(__builtin_nan(""))};
	struct verify_bounds b = {0};
	struct vector v = numbers_of(COLUMN_FLOAT64, values, NULL, 0);
	struct parquet_said said = {.has_bounds = true, .min = value_bits(-2.5), .max = value_bits(1.5)};

	ok(agree(&b, &v, 3, &said), "doubles");
	said.min = value_bits(-2.0);
	ok(!agree(&b, &v, 3, &said), "by their value");
	v = numbers_of(COLUMN_FLOAT64, zeros, NULL, 0);
	said = (struct parquet_said){.has_bounds = true, .min = value_bits(-0.0), .max = value_bits(0.0)};
	ok(agree(&b, &v, 1, &said), "a zero lies between both of its kind");
	v = numbers_of(COLUMN_FLOAT64, none, NULL, 0);
	said = (struct parquet_said){.has_bounds = true, .min = value_bits(1.0), .max = value_bits(1.0)};
	ok(!agree(&b, &v, 2, &said), "where there is no number there are no bounds");
	verify_bounds_free(&b);
}

static void test_texts(void)
{
	static char bytes[] = "pearapplefig";
	static const uint32_t offsets[] = {0, 4, 9, 12};
	struct verify_bounds b = {0};
	const struct vector v = {
	    .type = COLUMN_STRING, .form = VECTOR_PLAIN, .offsets = offsets, .bytes = bytes};
	struct parquet_said said = {
	    .has_bounds = true, .min_text = text_of("apple"), .max_text = text_of("pear")};

	ok(agree(&b, &v, 3, &said), "texts");
	said.min_text = text_of("appl");
	ok(!agree(&b, &v, 3, &said), "a short one is not cut");
	said.min_text = text_of("fig");
	ok(!agree(&b, &v, 3, &said), "the least is not among those that come later");
	verify_bounds_free(&b);
}

static void test_codes(void)
{
	static const uint8_t codes[] = {2, 0, 2, 0};
	static const uint64_t valid[] = {7};
	struct strings strings = {0};
	struct verify_bounds b = {0};
	struct vector v = {.type = COLUMN_STRING,
			   .form = VECTOR_CODES,
			   .width = 1,
			   .values = codes,
			   .valid = valid,
			   .nulls = 1,
			   .strings = &strings};
	const struct parquet_said said = {
	    .nulls = 1, .has_bounds = true, .min_text = text_of("apple"), .max_text = text_of("pear")};

	ok(strings_add(&strings, "pear", 4) == 0 && strings_add(&strings, "zebra", 5) == 0 &&
	       strings_add(&strings, "apple", 5) == 0,
	   "a dictionary");
	for (int i = 0; i < 3; i++)
		ok(agree(&b, &v, 4, &said), "texts that no row has do not count, in any row group");
	v.nulls = 0;
	v.valid = NULL;
	v.width = 0;
	v.base = 1;
	ok(!agree(&b, &v, 4, &said), "all rows the same");
	ok(agree(&b, &v, 4,
		 &(struct parquet_said){
		     .has_bounds = true, .min_text = text_of("zebra"), .max_text = text_of("zebra")}),
	   "are one text");
	verify_bounds_free(&b);
	strings_free(&strings);
}

/* What does not fit into 64 bytes is cut; the upper bound is then made greater. */
static void test_long(void)
{
	char text[101], above[65];
	struct verify_bounds b = {0};
	struct parquet_said said = {.has_bounds = true};
	const uint32_t offsets[] = {0, 100};
	const struct vector v = {
	    .type = COLUMN_STRING, .form = VECTOR_PLAIN, .offsets = offsets, .bytes = text};

	memset(text, 'm', sizeof text);
	memset(above, 'm', sizeof above);
	above[63] = 'n';
	said.min_text = (struct text){text, 64};
	said.max_text = (struct text){above, 64};
	ok(agree(&b, &v, 1, &said), "a long text");
	said.max_text = (struct text){text, 64};
	ok(!agree(&b, &v, 1, &said), "its beginning is not above it");
	said.max_text = (struct text){above, 64};
	said.min_text = (struct text){above, 64};
	ok(!agree(&b, &v, 1, &said), "nor is what is above it below");
	verify_bounds_free(&b);
}

int main(void)
{
	test_numbers();
	test_doubles();
	test_texts();
	test_codes();
	test_long();
	return tap_done();
}
