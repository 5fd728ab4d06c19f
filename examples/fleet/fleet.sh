#!/bin/sh
# Runs one command of Terraform for all shards at once, one process and one state a shard:
#
#   ./fleet.sh 4 prepare                 once, and after the number of shards has grown
#   ./fleet.sh 4 apply -auto-approve
#   ./fleet.sh 4 plan -detailed-exitcode
#   ./fleet.sh 4 destroy -auto-approve
#
# TERRAFORM names another CLI: TERRAFORM=tofu. What each shard printed is in shard-<number>.log. The exit code is 0 when all
# commands ended with 0, else 1.
set -eu

shards=$1
shift
cli=${TERRAFORM:-terraform}

if [ "$1" = prepare ]; then
  "$cli" init -input=false
  # One after another: while the pg backend creates a state, no other one can be locked.
  shard=1
  while [ "$shard" -le "$shards" ]; do
    "$cli" workspace select -or-create "shard-$shard"
    shard=$((shard + 1))
  done
  exit
fi

runners=
shard=1
while [ "$shard" -le "$shards" ]; do
  # -lock-timeout: a run that meets a lock waits instead of failing at once.
  TF_WORKSPACE=shard-$shard TF_VAR_shard=$shard "$cli" "$@" -input=false -no-color -lock-timeout=10m >"shard-$shard.log" 2>&1 &
  runners="$runners $!"
  shard=$((shard + 1))
done

failed=0
shard=1
for runner in $runners; do
  code=0
  wait "$runner" || code=$?
  echo "shard $shard ended with $code: $(grep -E '^(Apply|Destroy|Plan|No changes|Error|│ Error)' "shard-$shard.log" | tail -n 1)"
  [ "$code" -eq 0 ] || failed=1
  shard=$((shard + 1))
done
exit "$failed"
