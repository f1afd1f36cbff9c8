/*
 * cat_bundle -- the members of an archive, each as a source of its own.
 */
#ifndef EV_CAT_BUNDLE_H
#define EV_CAT_BUNDLE_H

#include "cat.h"
#include "source/bundle.h"

/* Whether a member is to be read: 1, and source filled; 0; -1. */
typedef int cat_member(void *context, const struct bundle_member *member, struct control_source *source);

/* In the stream that was begun; in is taken, and its content is an archive. With -k, what comes before damage
 * is kept. */
int cat_bundle(struct cat *cat, struct input *in, cat_member *choose, void *context) MUST_CHECK;

/* The same for one that is called path: all its members, or, unless wanted is NULL, the one of that name or
 * those in a folder of that name. */
int cat_bundle_by_name(struct cat *cat, struct input *in, struct text path, const char *wanted) MUST_CHECK;
#endif
