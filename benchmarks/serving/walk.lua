-- wrk ... -s walk.lua URL -- FILE [AUTHORIZATION]: walks through the bodies of a file, one a line, again and again.
local requests, next_one = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if args[2] then wrk.headers["Authorization"] = args[2] end
  for line in io.lines(args[1]) do requests[#requests + 1] = wrk.format(nil, nil, nil, line) end
end

function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end
