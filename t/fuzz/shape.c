/* Lines of another shape, by a schema that says where in them the values stand, and how they are written. */
#include "decode_ways.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ways ways = {
	    .schema = "t/data/shape.json",
	    .usual =
		"{\"event\": \"page_view\", \"context\": {\"sentAt\": 1765079756633, \"user\": {\"id\": "
		"\"u_1\", "
		"\"session\": \"s_1\"}}, \"properties\": {\"product\": {\"sku\": \"p_1\", \"cost\": null, "
		"\"group\": \"toys\"}, \"count\": null, \"search_query\": null}}" WAYS_SLACK,
	    .fields = slow_shape,
	};

	ways_run(&ways, data, len);
	return 0;
}
