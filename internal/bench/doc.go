// Package bench measures what resources cost: requests, time, the provider's CPU and memory, as they grow with the number of
// objects. It runs the same scenario three times, side by side, on an embedded platform:
//
//   - the provider, through a real CLI;
//   - the floor: a driver that issues the operations that the platform needs and nothing else (package floor);
//   - the engine's floor: a provider of the same shape that does nothing, through the same CLI (package bare).
//
// What the provider adds to the larger of the two floors is its own. Wall times are reported and never asserted; a test guards
// the numbers of requests.
package bench
