package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// started is how often a program is started to see how long that takes.
const started = 10

// Inspect measures a provider's program: its size, and how long it takes from its start until it tells the CLI where it listens.
func Inspect(ctx context.Context, subject Subject, program string) (Binary, error) {
	file, err := os.Stat(program)
	if err != nil {
		return Binary{}, fmt.Errorf("looking at a program: %w", err)
	}
	binary := Binary{Subject: subject, Size: file.Size()}
	for range started {
		took, err := handshake(ctx, program)
		if err != nil {
			return Binary{}, err
		}
		binary.Starts = append(binary.Starts, took)
	}

	return binary, nil
}

// handshake starts a provider as a CLI does, and returns when the first line came.
func handshake(ctx context.Context, program string) (time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	provider := exec.CommandContext(ctx, program)
	// What a CLI tells a plugin, so that it knows that it is one (go-plugin's handshake).
	provider.Env = append(os.Environ(),
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", "PLUGIN_PROTOCOL_VERSIONS=6")
	output, err := provider.StdoutPipe()
	if err != nil {
		return 0, fmt.Errorf("starting %s: %w", program, err)
	}
	start := time.Now()
	if err := provider.Start(); err != nil {
		return 0, fmt.Errorf("starting %s: %w", program, err)
	}
	_, err = bufio.NewReader(output).ReadString('\n')
	took := time.Since(start)
	stop()
	_ = provider.Wait() // killed
	if err != nil {
		return 0, fmt.Errorf("%s told no address: %w", program, err)
	}

	return took, nil
}
