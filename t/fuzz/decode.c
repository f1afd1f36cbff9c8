/* Lines, by the schema that is installed. */
#include "decode_ways.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ways ways = {
	    .schema = "schemas/event.json",
	    .usual = "{\"timestamp\": \"2025-12-07T03:55:56.633003+00:00\", \"user_id\": \"u_1\", "
		     "\"session_id\": \"s_1\", "
		     "\"event_type\": \"page_view\", \"product_id\": \"p_1\", \"quantity\": null, \"price\": "
		     "null, "
		     "\"category\": \"toys\", \"search_query\": null}" WAYS_SLACK,
	    .fields = slow_event,
	};

	ways_run(&ways, data, len);
	return 0;
}
