#include "listing.h"
#include "mark.h"
#include "tool.h"

#include "commit/upgrade.h"
#include "stream/control.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct tool evmark = {
    .name = "evmark",
    .synopsis = "pending [-cv] [-a SECONDS] LAKE\n"
		"sources [-v] [-f FORMAT] LAKE\n"
		"sources|rejects|files [-f FORMAT] [-r RUN] LAKE\n"
		"runs|tables|partitions|columns [-f FORMAT] LAKE\n"
		"verify [-c] LAKE\n"
		"rebuild LAKE [TABLE ...]\n"
		"rewind LAKE RUN\n"
		"forget|skip|replace LAKE PATH ...\n"
		"reload LAKE\n"
		"replay LAKE [FILE ...]\n"
		"upgrade LAKE",
    .help =
	"pending: what a run would read, as a plan for evcat; on a terminal as a list\n"
	"sources, runs, rejects, files: the ledger\n"
	"tables, partitions, columns: the catalog\n"
	"verify: is everything there, and is Gold what Silver gives? A line for each finding, and status 1\n"
	"rebuild: a run that makes Gold anew from Silver, all or these tables\n"
	"rewind: the lake as a run left it\n"
	"forget, skip, replace: without what came from these sources, which are pending again, never to be\n"
	"taken again, or taken as they are now\n"
	"reload: Silver and Gold anew from Bronze\n"
	"replay: lines in quarantine once more, as they are or as these files have them\n"
	"upgrade: an older lake's gold.db becomes one of this program's format; the old one is kept\n"
	"  -a SECONDS  leave files that are younger than this\n"
	"  -c          look at every file, also in folders in which nothing has changed;\n"
	"              verify: also read Bronze again\n"
	"  -f FORMAT   table, tsv, csv or jsonl\n"
	"  -r RUN      as that run left it\n"
	"  -v          say why each file is in or out\n",
};

static int run_listing(int argc, char **argv, const struct listing *listing)
{
	enum rows_format format = ROWS_TABLE;
	const bool is_sources = strcmp(argv[0], "sources") == 0;
	bool verbose = false;
	int64_t run = LISTING_NOW;
	struct lake lake;
	int letter;

	while ((letter = tool_option(argc, argv,
				     is_sources                 ? "f:r:v"
				     : listing_is_held(listing) ? "f:r:"
								: "f:")) != -1) {
		verbose |= letter == 'v';
		if (letter == 'r')
			run = tool_number('r', optarg, 0, LISTING_NOW - 1);
		if (letter == 'f' && !rows_format_parse(optarg, &format))
			tool_usage("no such format: %s", optarg);
	}
	if (argc - optind != 1)
		tool_usage("one lake, please");
	if (verbose && run != LISTING_NOW)
		tool_usage("-v looks at what Bronze holds now, and -r at what was");
	if (lake_open(&lake, argv[optind]) == 0 && verbose)
		(void)!mark_sources(&lake, format);
	else if (!cause_is_set())
		(void)!listing_print(listing, &lake, run, format);
	lake_close(&lake);
	return tool_finish(NULL);
}

static int run_upgrade(int argc, char **argv)
{
	const char *path;
	struct lake lake;
	int from = 0, upgraded;

	while (tool_option(argc, argv, "") != -1)
		;
	if (argc - optind != 1)
		tool_usage("one lake, please");
	path = argv[optind];
	upgraded = lake_open(&lake, path) == 0 ? upgrade_lake(&lake, &from) : -1;
	if (upgraded > 0)
		printf("%s: of format %d now; as it was it is in %s/gold.db.%d\n", path, DB_FORMAT, path,
		       from);
	else if (upgraded == 0)
		printf("%s: of format %d already\n", path, DB_FORMAT);
	lake_close(&lake);
	return tool_finish(NULL);
}

int main(int argc, char **argv)
{
	const struct listing *listing;
	const char *command, *verb;
	enum verb asked;

	tool_start(&evmark);
	command = tool_command(argc, argv);
	if (argc < 2 || argv[1][0] == '-') {
		while (tool_option(argc, argv, "") != -1)
			;
		tool_usage("what is asked for: pending, the ledger, verify, or what is to be undone?");
	}
	verb = argv[1];
	argc--;
	argv++;
	listing = listing_find(verb);
	if (listing != NULL)
		return run_listing(argc, argv, listing);
	if (strcmp(verb, "upgrade") == 0)
		return run_upgrade(argc, argv);
	if (strcmp(verb, "verify") == 0)
		return mark_verify(argc, argv);
	if (strcmp(verb, "pending") == 0)
		return mark_pending(argc, argv, command);
	if (strcmp(verb, "load") != 0 && verb_parse(text_of(verb), &asked) == 0)
		return mark_undo(argc, argv, command, asked);
	tool_usage("no such verb: %s", verb);
}
