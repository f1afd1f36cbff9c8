#include "schema.h"

#include "lake/ddl.h"
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int print_ddl(const char *path, enum ddl_engine engine, const char *location)
{
	struct lake lake = {.fd = -1};
	struct buffer text = {0};
	int result = -1;

	if (lake_open(&lake, path) == 0 &&
	    ddl_write(&lake, engine, location != NULL ? location : lake.path, &text) == 0) {
		/* What cannot be written shows when stdout is closed. */
		fwrite(text.data, 1, text.len, stdout);
		result = 0;
	}
	buffer_free(&text);
	lake_close(&lake);
	return result;
}

int schema_ddl(int argc, char **argv)
{
	enum ddl_engine engine;
	const char *location = NULL;

	while (tool_option(argc, argv, "U:") != -1)
		location = optarg;
	if (argc - optind != 2)
		tool_usage("a lake and an engine, please");
	if (!ddl_engine_parse(argv[optind + 1], &engine))
		tool_usage("no engine '%s': duckdb, spark, athena, clickhouse or sqlite", argv[optind + 1]);
	if (engine == DDL_ATHENA && location == NULL)
		tool_usage("athena reads from S3: say where the lake is: -U s3://BUCKET/FOLDER");
	(void)!print_ddl(argv[optind], engine, location);
	return tool_finish(NULL);
}
