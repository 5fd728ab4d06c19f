package provider

import (
	"bytes"
	"errors"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

// TestLogHandler shows that a client's records arrive in the CLI's log: level, text, attributes, and no secret.
func TestLogHandler(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &out)
	logger := slog.New(newLogHandler("hunter2", ""))

	logger.DebugContext(ctx, "request", "took", 1500*time.Millisecond, "err", errors.New("refused"))
	logger.With("server", "vc").WithGroup("task").InfoContext(ctx, "progress", "id", "task-7", slog.Group("of", "vm", "vm-42"))
	logger.WarnContext(ctx, "password hunter2 refused", "given", "hunter2")
	logger.ErrorContext(ctx, "failed")
	logger.Log(ctx, slog.LevelDebug-4, "detail")
	logger.InfoContext(t.Context(), "a context without a logger writes nothing")

	entries, err := tflogtest.MultilineJSONDecode(&out)
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"@level": "debug", "@message": "request", "took": "1.5s", "err": "refused"},
		{"@level": "info", "@message": "progress", "server": "vc", "task.id": "task-7", "task.of.vm": "vm-42"},
		{"@level": "warn", "@message": "password *** refused", "given": "***"},
		{"@level": "error", "@message": "failed"},
		{"@level": "trace", "@message": "detail"},
	}
	for _, entry := range entries {
		delete(entry, "@module")
	}
	if !reflect.DeepEqual(entries, want) {
		t.Errorf("got  %v\nwant %v", entries, want)
	}
}
