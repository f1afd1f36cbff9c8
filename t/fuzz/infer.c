/*
 * Any lines: a schema that is inferred from them compiles, takes all but those it said it would not, and
 * finds nothing new in them.
 */
#include "../unit/infer_check.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct infer_check c;

	infer_check(&c, data, len);
	if (c.wrong != NULL) {
		fprintf(stderr, "%s\n%.*s\n", c.wrong, (int)c.schema.len, c.schema.data);
		abort();
	}
	infer_check_close(&c);
	return 0;
}
