/** What the printer of ipp-printer.ts does with a sheet: a script for sh, and the job in which it only tells its state. */

const MAINTENANCE = 'maintenance';

/** For each job: ippeveprinter(1), "-c command". Lines on stderr set attributes (ATTR:) and reasons (STATE:). */
export const SHEET_SCRIPT = `#!/bin/sh
control=$KAZASU_PRINTER/control
papers=$KAZASU_PRINTER/papers
say() { echo "$1" >&2; }
fault=none after=0
[ -r "$control/fault" ] && read -r fault after < "$control/fault"
case "$IPP_JOB_NAME" in
${MAINTENANCE})
  rm -f "$1" "\${1%.pdf}.prn"
  case "$after$fault" in
  0media-jam | 0cover-open | 0toner-empty) say "STATE: $fault-error" ;;
  *) say 'STATE: none' ;;
  esac
  exit 0 ;;
*[!a-zA-Z0-9._-]*) name=other ;;
*) name=$IPP_JOB_NAME ;;
esac
# A printer that keeps no document.
trap 'rm -f "$document" "\${document%.pdf}.prn"' EXIT
document=$1
if [ "$after" -gt 0 ]; then
  echo "$fault $((after - 1))" > "$control/fault.part"
  mv "$control/fault.part" "$control/fault"
  fault=none
fi
cancelled() { [ -e "$control/cancel-$IPP_JOB_ID" ]; }
come_out() {
  number=$(($(cat "$control/count" 2>/dev/null || ls "$papers" | wc -l) + 1))
  echo "$number" > "$control/count"
  cp "$document" "$papers/part" && mv "$papers/part" "$papers/$number-$name.pdf"
}
steps=$(cat "$control/steps" 2>/dev/null || echo 0)
while [ "$steps" -gt 0 ] && ! cancelled; do
  sleep 0.05
  steps=$((steps - 1))
done
cancelled && exit 1
case "$fault" in
abort)
  rm -f "$control/fault"
  exit 1 ;;
abort-after-one)
  rm -f "$control/fault"
  say 'ATTR: job-impressions-completed=1'
  say 'STATE: +media-jam-error'
  exit 1 ;;
uncounted)
  rm -f "$control/fault"
  come_out
  exit 0 ;;
media-empty | media-jam | cover-open | toner-empty)
  say "STATE: +$fault-error"
  while [ -e "$control/fault" ] && ! cancelled; do sleep 0.02; done
  cancelled && exit 1
  say "STATE: -$fault" ;;
esac
cancelled && exit 1
come_out
say 'ATTR: job-impressions-completed=1'
exit 0
`;

/** ipptoolfile(5). */
export const MAINTENANCE_TEST = `{
  NAME "Maintenance"
  OPERATION Print-Job
  GROUP operation-attributes-tag
  ATTR charset attributes-charset utf-8
  ATTR language attributes-natural-language en
  ATTR uri printer-uri $uri
  ATTR name job-name ${MAINTENANCE}
  ATTR mimeMediaType document-format application/octet-stream
  FILE $filename
  STATUS successful-ok
  EXPECT job-id
}
{
  NAME "Maintenance has ended"
  DELAY 0.01,0.02
  OPERATION Get-Job-Attributes
  GROUP operation-attributes-tag
  ATTR charset attributes-charset utf-8
  ATTR language attributes-natural-language en
  ATTR uri printer-uri $uri
  ATTR integer job-id $job-id
  STATUS successful-ok
  EXPECT job-state OF-TYPE enum IN-GROUP job-attributes-tag COUNT 1 WITH-VALUE >6 REPEAT-NO-MATCH REPEAT-LIMIT 500
}
`;
