package provider

import (
	"context"
	"log/slog"
	"slices"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logHandler passes the log records of a client on to the CLI's log. The clients know nothing of Terraform and log with
// slog; the logger that belongs to a request is in the context that they log with.
type logHandler struct {
	secrets []string    // masked wherever they would show
	attrs   []slog.Attr // of Logger.With
	group   string      // of Logger.WithGroup, with its trailing dot
}

var _ slog.Handler = (*logHandler)(nil)

func newLogHandler(secrets ...string) *logHandler {
	return &logHandler{secrets: slices.DeleteFunc(secrets, func(s string) bool { return s == "" })}
}

// Enabled reports true for every level: only the CLI's log knows which of them are wanted.
func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle writes one record. A context without a logger, as of work that no request asked for, writes nothing.
func (h *logHandler) Handle(ctx context.Context, record slog.Record) error {
	fields := make(map[string]any, len(h.attrs)+record.NumAttrs())
	for _, attr := range h.attrs {
		addField(fields, "", attr)
	}
	record.Attrs(func(attr slog.Attr) bool {
		addField(fields, h.group, attr)

		return true
	})

	if len(h.secrets) > 0 {
		ctx = tflog.MaskMessageStrings(ctx, h.secrets...)
		ctx = tflog.MaskAllFieldValuesStrings(ctx, h.secrets...)
	}

	switch {
	case record.Level >= slog.LevelError:
		tflog.Error(ctx, record.Message, fields)
	case record.Level >= slog.LevelWarn:
		tflog.Warn(ctx, record.Message, fields)
	case record.Level >= slog.LevelInfo:
		tflog.Info(ctx, record.Message, fields)
	case record.Level >= slog.LevelDebug:
		tflog.Debug(ctx, record.Message, fields)
	default:
		tflog.Trace(ctx, record.Message, fields)
	}

	return nil
}

// WithAttrs returns a handler that adds attrs to every record.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = slices.Clone(h.attrs)
	for _, attr := range attrs {
		attr.Key = h.group + attr.Key
		with.attrs = append(with.attrs, attr)
	}

	return &with
}

// WithGroup returns a handler that puts name and a dot before the names of all attributes that follow.
func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	with := *h
	with.group += name + "."

	return &with
}

// addField adds one attribute under its dotted name. Errors and durations are written as people read them.
func addField(fields map[string]any, prefix string, attr slog.Attr) {
	value := attr.Value.Resolve()
	switch value.Kind() {
	case slog.KindGroup:
		if attr.Key != "" {
			prefix += attr.Key + "."
		}
		for _, member := range value.Group() {
			addField(fields, prefix, member)
		}
	case slog.KindDuration, slog.KindTime:
		fields[prefix+attr.Key] = value.String()
	default:
		if err, isError := value.Any().(error); isError {
			fields[prefix+attr.Key] = err.Error()

			return
		}
		fields[prefix+attr.Key] = value.Any()
	}
}
