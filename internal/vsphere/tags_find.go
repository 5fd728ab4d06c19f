package vsphere

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/near"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// readTagsAt finds the tags at each of the paths: "/category/tag", or its end, "category/tag" or "tag". The API lists ids alone, so that each
// category is read, and each tag of those that a path may mean.
func (c *Client) readTagsAt(ctx context.Context, paths []string) (map[string][]Object, error) {
	categories, err := c.tagCategories(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[string][]Object, len(paths))
	for _, category := range categories {
		asked := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return !mayMean(path, category.Name) })
		if len(asked) == 0 {
			continue
		}
		tags, err := c.tagsOf(ctx, category)
		if err != nil {
			return nil, err
		}
		for _, tag := range tags {
			for _, path := range asked {
				if segments := conn.SplitPath(path); segments[len(segments)-1] == conn.EscapeName(tag.Name) {
					found[path] = append(found[path], tag)
				}
			}
		}
	}
	for _, objects := range found {
		slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a.Path, b.Path) })
	}

	return found, nil
}

// tagsNear returns the tags whose names are nearest to the last segment of a path, of the categories whose names are nearest to the one before.
func (c *Client) tagsNear(ctx context.Context, segments []string) ([]Object, error) {
	categories, err := c.tagCategories(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, category := range categories {
		names = append(names, category.Name)
	}
	if above := len(segments) - 2; above >= 0 { //nolint:mnd // a category and a tag
		names = near.Names(conn.UnescapeName(segments[above]), names)
	}

	return nearest(ctx, conn.UnescapeName(segments[len(segments)-1]), func(ctx context.Context) ([]Object, error) {
		var all []Object
		for _, category := range categories {
			if !slices.Contains(names, category.Name) {
				continue
			}
			tags, err := c.tagsOf(ctx, category)
			if err != nil {
				return nil, err
			}
			all = append(all, tags...)
		}

		return all, nil
	})
}

// tagCategories reads all categories of tags.
func (c *Client) tagCategories(ctx context.Context) ([]TagCategory, error) {
	var ids []string
	err := c.conn.REST(ctx, conn.Request{
		Call: httpapi.Call{Op: "GET " + categoryPath}, Method: http.MethodGet, Path: categoryPath, Out: &ids,
	})
	if err != nil {
		return nil, err
	}

	return readEach(ctx, ids, c.TagCategory)
}

// mayMean reports whether a path may mean a tag of the category.
func mayMean(path, category string) bool {
	segments := conn.SplitPath(path)
	switch len(segments) {
	case 1:
		return !strings.HasPrefix(path, "/")
	case 2: //nolint:mnd // a category and a tag
		return segments[0] == conn.EscapeName(category)
	default:
		return false
	}
}

// tagsOf reads the tags of a category.
func (c *Client) tagsOf(ctx context.Context, category TagCategory) ([]Object, error) {
	const action = "list-tags-for-category"
	var ids []string
	request := conn.Request{
		Call:   httpapi.Call{Op: "POST " + tagPath + "?action=" + action, Object: category.ID},
		Method: http.MethodPost, Path: tagPath, Query: url.Values{"action": {action}}, Out: &ids,
	}
	whole, err := c.conn.WholeREST(ctx)
	if err != nil {
		return nil, err
	}
	if whole {
		request.In = map[string]string{"category_id": category.ID}
	} else {
		request.ID = category.ID // the older form has it in the path
	}
	if err := c.conn.REST(ctx, request); err != nil {
		return nil, err
	}
	tags, err := readEach(ctx, ids, c.Tag)
	if err != nil {
		return nil, err
	}
	objects := make([]Object, len(tags))
	for i, tag := range tags {
		objects[i] = Object{
			Type: TypeTag, ID: tag.ID, Name: tag.Name, Accessible: true,
			Path: "/" + conn.EscapeName(category.Name) + "/" + conn.EscapeName(tag.Name),
		}
	}

	return objects, nil
}

// readEach reads what has the ids, a few at the same time. What is gone by then, or what the user may not see, is left out.
func readEach[T any](ctx context.Context, ids []string, read func(context.Context, string) (T, error)) ([]T, error) {
	all := make([]*T, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(tagCalls)
	for i, id := range ids {
		group.Go(func() error {
			one, err := read(ctx, id)
			if err == nil {
				all[i] = &one
			}
			if apierr.Is(err, apierr.NotFound, apierr.Denied) {
				return nil
			}

			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err //nolint:wrapcheck // of this client
	}
	var found []T
	for _, one := range all {
		if one != nil {
			found = append(found, *one)
		}
	}

	return found, nil
}
