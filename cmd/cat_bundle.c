#include "cat_bundle.h"

#include "tool.h"

#include <string.h>

static int read_members(struct cat *cat, struct bundle *b, cat_member *choose, void *context)
{
	struct bundle_member member;
	struct control_source source;
	int more;

	while ((more = bundle_next(b, &member)) > 0) {
		const int chosen = choose(context, &member, &source);

		if (chosen < 0 || (chosen > 0 && cat_lines(cat, bundle_input(b), &source) != 0))
			return -1;
	}
	return more;
}

int cat_bundle(struct cat *cat, struct input *in, cat_member *choose, void *context)
{
	struct bundle *b = bundle_open(in);
	int result = -1;

	if (b != NULL)
		result = read_members(cat, b, choose, context);
	if (result != 0 && b != NULL && cat->keep && bundle_is_damaged(b)) {
		tool_warn("%s; what came before it is kept", cause_message());
		cause_clear();
		result = 0;
	}
	bundle_close(b);
	return result;
}

/* --- by name ---------------------------------------------------------------------------------------------
 */

struct by_name {
	struct text path;
	const char *wanted;
	size_t found;
	struct buffer name; /* of the source */
};

static bool is_wanted(const struct by_name *n, const struct bundle_member *member)
{
	size_t len;

	if (n->wanted == NULL)
		return member->ignored == NULL;
	len = strlen(n->wanted);
	return strncmp(member->name, n->wanted, len) == 0 &&
	       (member->name[len] == '\0' || (member->name[len] == '/' && member->ignored == NULL));
}

static int choose_by_name(void *context, const struct bundle_member *member, struct control_source *source)
{
	struct by_name *n = context;

	if (!is_wanted(n, member))
		return 0;
	n->found++;
	buffer_clear(&n->name);
	if (buffer_printf(&n->name, "%.*s%c%s", (int)n->path.len, n->path.data, BUNDLE_MARK, member->name) !=
	    0)
		return -1;
	*source = (struct control_source){
	    .path = {(const char *)n->name.data, n->name.len},
	    .size = member->size,
	    .mtime_ns = member->mtime_ns,
	    .purpose = SOURCE_NEW,
	};
	return 1;
}

int cat_bundle_by_name(struct cat *cat, struct input *in, struct text path, const char *wanted)
{
	struct by_name n = {.path = path, .wanted = wanted};
	int result = cat_bundle(cat, in, choose_by_name, &n);

	if (result == 0 && wanted != NULL && n.found == 0)
		result = cause_record(STATUS_SYSTEM, "%.*s: no member of it is called %s", (int)path.len,
				      path.data, wanted);
	buffer_free(&n.name);
	return result;
}
