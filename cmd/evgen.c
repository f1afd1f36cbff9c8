/*
 * evgen -- writes Bronze: made-up events of a shop, for trying things out, for tests and for measurements.
 */
#include "tool.h"

#include "base/timestamp.h"
#include "generate/generate.h"
#include "generate/shop.h"
#include "generate/uniform.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct tool tool = {
    .name = "evgen",
    .synopsis = "[-W] [-B PERCENT] [-C FILES] [-E MIN[,MAX]] [-I MINUTES] [-M shop|uniform] [-P PRODUCTS] "
		"[-R SEED] [-T START] [-U USERS] LAKE",
    .help = "  -B PERCENT       lines that are bad or odd (default 0)\n"
	    "  -C FILES         how many files (default 1)\n"
	    "  -E MIN[,MAX]     events in each file (default 500000,750000)\n"
	    "  -I MINUTES       from one file to the next (default 5)\n"
	    "  -M shop|uniform  a believable shop (default), or evenly drawn events\n"
	    "  -P PRODUCTS      how many products (default 1000; uniform 30)\n"
	    "  -R SEED          other events (default 1)\n"
	    "  -T START         when the first file is due (default 2025-12-07T00:00)\n"
	    "  -U USERS         how many users (default 90000)\n"
	    "  -W               ids of users and sessions are UUIDs\n",
};

struct settings {
	struct generate_options generate;
	int64_t files;
};

/* Events can be a microsecond apart, no less. */
enum { EVENTS_MAX = 50000000, MINUTES_MAX = 60 * 24 * 366, USERS_MAX = 1000000000 };

static void parse_events(const char *argument, struct generate_options *o)
{
	const char *comma = strchr(argument, ',');
	char first[24];

	if (comma == NULL) {
		o->events_min = o->events_max = (uint64_t)tool_number('E', argument, 1, EVENTS_MAX);
		return;
	}
	snprintf(first, sizeof first, "%.*s", (int)(comma - argument), argument);
	o->events_min = (uint64_t)tool_number('E', first, 1, EVENTS_MAX);
	o->events_max = (uint64_t)tool_number('E', comma + 1, (int64_t)o->events_min, EVENTS_MAX);
}

static int64_t parse_start(const char *argument)
{
	const size_t len = strlen(argument);
	int64_t us, day;

	if (timestamp_parse_date(argument, len, &day))
		us = day * TIMESTAMP_DAY;
	else if (!timestamp_parse(argument, len, &us))
		tool_usage("-T %s: not a time like 2025-12-07T03:55", argument);
	/* Intervals come before and after it. */
	if (us < 0 || us > TIMESTAMP_MAX - 10 * 366 * TIMESTAMP_DAY)
		tool_usage("-T %s: not in the years 1970 to 9989", argument);
	return us - us % TIMESTAMP_SECOND;
}

static void parse_model(const char *argument, struct generate_options *o)
{
	if (strcmp(argument, "shop") == 0)
		o->model = GENERATE_SHOP;
	else if (strcmp(argument, "uniform") == 0)
		o->model = GENERATE_UNIFORM;
	else
		tool_usage("-M %s: the models are shop and uniform", argument);
}

static void parse_options(int argc, char **argv, struct settings *s)
{
	struct generate_options *o = &s->generate;
	int option;

	while ((option = tool_option(argc, argv, "B:C:E:I:M:P:R:T:U:W")) != -1) {
		switch (option) {
		case 'B': o->mishap_percent = (unsigned)tool_number('B', optarg, 0, 100); break;
		case 'C': s->files = tool_number('C', optarg, 1, INT32_MAX); break;
		case 'E': parse_events(optarg, o); break;
		case 'I': o->interval_us = tool_number('I', optarg, 1, MINUTES_MAX) * 60000000; break;
		case 'M': parse_model(optarg, o); break;
		case 'P': o->products = (uint64_t)tool_number('P', optarg, 1, CATALOG_PRODUCTS_MAX); break;
		case 'R': o->seed = (uint64_t)tool_number('R', optarg, 0, INT64_MAX); break;
		case 'T': o->start_us = parse_start(optarg); break;
		case 'U': o->users = (uint64_t)tool_number('U', optarg, 1, USERS_MAX); break;
		case 'W': o->uuids = true; break;
		}
	}
	if (o->users == 0)
		o->users = o->model == GENERATE_UNIFORM ? UNIFORM_USERS : SHOP_USERS;
	if (o->products == 0)
		o->products = o->model == GENERATE_UNIFORM ? UNIFORM_PRODUCTS : SHOP_PRODUCTS;
}

static void print_header(void)
{
	printf("path\tlines");
	for (int v = 0; v < MISHAP_VERDICTS; v++)
		printf("\t%s", mishap_verdict_name((enum mishap_verdict)v));
	printf("\n");
}

static void print_made(const struct generate_made *made)
{
	printf("%s\t%ju", made->path, (uintmax_t)made->lines);
	for (int v = 0; v < MISHAP_VERDICTS; v++)
		printf("\t%ju", (uintmax_t)made->by[v]);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct settings s = {
	    .generate = {.seed = 1,
			 .events_min = 500000,
			 .events_max = 750000,
			 .start_us = INT64_C(1765065600) * 1000000, /* 2025-12-07T00:00 */
			 .interval_us = INT64_C(5) * 60000000},
	    .files = 1,
	};
	struct generate_made made;
	struct generate *g;

	tool_start(&tool);
	parse_options(argc, argv, &s);
	if (argc - optind != 1)
		tool_usage("one LAKE is needed");
	if (s.generate.events_max > (uint64_t)s.generate.interval_us)
		tool_usage("-E: more than a million events a second");
	g = generate_new(&s.generate);
	if (g != NULL)
		print_header();
	for (int64_t i = 0; g != NULL && i < s.files; i++) {
		if (generate_file(g, argv[optind], &made) != 0)
			break;
		print_made(&made);
	}
	generate_free(g);
	return tool_finish(NULL);
}
