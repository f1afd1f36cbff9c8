/*
 * evschema -- a schema for lines that nobody has described, what has changed since, and the lake's tables as
 * other engines declare them.
 */
#include "schema.h"

#include "tool.h"

#include <string.h>

static const struct tool tool = {
    .name = "evschema",
    .synopsis = "infer [-q] [PATH ...]\n"
		"diff SCHEMA [PATH ...]\n"
		"ddl [-U URI] LAKE duckdb|spark|athena|clickhouse|sqlite",
    .help = "infer: a schema for these lines, all of which are read, with what was seen of each field\n"
	    "diff: what is new, has vanished, changed or left its bounds; a line for each, and status 1\n"
	    "ddl: statements that declare the lake's tables in another engine\n"
	    "  -q      no notes on what is left out\n"
	    "  -U URI  where the engine finds the lake's folder, instead of its path\n"
	    "PATH is a file, an archive, a folder or a lake; without one, or for -, standard input.\n",
};

int main(int argc, char **argv)
{
	tool_start(&tool);
	if (argc < 2 || argv[1][0] == '-') {
		while (tool_option(argc, argv, "") != -1)
			;
		tool_usage("what is asked for: infer, diff or ddl?");
	}
	if (strcmp(argv[1], "infer") == 0)
		return schema_infer(argc - 1, argv + 1);
	if (strcmp(argv[1], "diff") == 0)
		return schema_diff(argc - 1, argv + 1);
	if (strcmp(argv[1], "ddl") == 0)
		return schema_ddl(argc - 1, argv + 1);
	tool_usage("no such verb: %s", argv[1]);
}
